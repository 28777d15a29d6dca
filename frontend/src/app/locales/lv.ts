import app from '@/app/i18n/lv'
import design from '@/design/i18n/lv'
import auth from '@/domains/auth/i18n/lv'
import chat from '@/domains/chat/i18n/lv'
import refusal from '@/platform/graphql/i18n/lv'

import type en from './en'

export default { app, design, auth, chat, refusal } satisfies typeof en
