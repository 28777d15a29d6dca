import app from '@/app/i18n/en'
import design from '@/design/i18n/en'
import auth from '@/domains/auth/i18n/en'
import chat from '@/domains/chat/i18n/en'
import refusal from '@/platform/graphql/i18n/en'

export default { app, design, auth, chat, refusal }
