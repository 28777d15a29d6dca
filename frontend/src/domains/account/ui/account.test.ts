/** The settings of one's own account, as a person uses them; the server is a list of answers. */
import { ApolloClient, ApolloLink, InMemoryCache, Observable, type Operation } from '@apollo/client/core'
import { cleanup, render, screen, within } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { DefaultApolloClient } from '@vue/apollo-composable'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Component, h } from 'vue'

import design from '@/design/i18n/en'
import { useAuth } from '@/domains/auth'
import { Refusal } from '@/platform/graphql'
import { i18n } from '@/platform/i18n'
import { useNotices } from '@/platform/notices'

import account from '../i18n/en'
import MailSettings from './MailSettings.vue'
import PasswordSettings from './PasswordSettings.vue'
import SessionSettings from './SessionSettings.vue'
import TokenSettings from './TokenSettings.vue'

const mutate = vi.hoisted(() => vi.fn())
vi.mock('@/platform/graphql', async (original) => ({ ...(await original()), mutate }))

let answers: Record<string, unknown>
const auth = { passwordHint: 'Several words.', required: 'Please fill this in.', signOut: 'Sign out' }
i18n.global.setLocaleMessage('en', { account, auth, design } as never)

const ada = {
  ...{ id: '1', username: 'ada', name: 'Ada', bio: '', avatar: '', role: 'TEACHER' as const },
  email: 'ada@example.org',
}
const laptop = {
  ...{ id: 'a', browser: 'Firefox', system: 'Linux', address: '192.0.2.1', current: true },
  ...{ lastSeen: '2026-11-23T10:00:00Z', created: '2026-11-20T10:00:00Z' },
}
const phone = { ...laptop, id: 'b', browser: 'Safari', system: 'iPhone', current: false }
const robot = {
  ...{ id: 't', name: 'Grade book', scope: 'READ', expires: null, lastUsed: null },
  created: '2026-11-20T10:00:00Z',
}

/** A question in the place of the dialog, which is the design system's to test. */
const asks = {
  props: ['open', 'confirm'],
  emits: ['confirm'],
  render(this: { open: boolean; confirm: string; $emit: (name: string) => void }) {
    return this.open ? h('button', { onClick: () => this.$emit('confirm') }, this.confirm) : null
  },
}

async function show(section: Component): Promise<void> {
  const answer = ({ operationName }: Operation) => Observable.of({ data: answers[operationName] as never })
  const client = new ApolloClient({ link: new ApolloLink(answer), cache: new InMemoryCache() })
  const pinia = createPinia()
  setActivePinia(pinia)
  useAuth().user = ada
  render(section, {
    global: {
      plugins: [pinia, i18n],
      provide: { [DefaultApolloClient as symbol]: client },
      stubs: { 'font-awesome-icon': true, ConfirmDialog: asks },
    },
  })
  await vi.dynamicImportSettled()
}

const said = (): string[] => useNotices().notices.map(({ text }) => text)
const press = (name: string | RegExp): Promise<void> => userEvent.click(screen.getByRole('button', { name }))

beforeEach(() => {
  answers = { MySessions: { mySessions: [laptop, phone] }, MyApiTokens: { myApiTokens: [robot] } }
  mutate.mockReset()
})
afterEach(cleanup)

describe('the password', () => {
  async function fill(): Promise<void> {
    await userEvent.type(screen.getByLabelText('Current password'), 'three quiet otters')
    await userEvent.type(screen.getByLabelText('New password'), 'four loud seals')
    await press('Change the password')
  }

  it('is changed, and this device goes on with the new cookies', async () => {
    await show(PasswordSettings)
    const exp = Date.now() / 1000 + 600
    mutate.mockResolvedValueOnce({
      changePassword: { payload: { iat: exp - 600, exp }, refreshExpiresIn: exp + 7 * 24 * 3600 },
    })
    await fill()
    expect(mutate.mock.calls[0]?.[1]).toEqual({
      ...{ current: 'three quiet otters', password1: 'four loud seals', password2: 'four loud seals' },
    })
    expect(useAuth().sessionUntil).toBeGreaterThan(Date.now())
    expect(said()).toEqual([account.password.done])
    expect(screen.getByLabelText<HTMLInputElement>('New password').value).toBe('')
  })

  it('stays, and what is wrong is said at its field', async () => {
    await show(PasswordSettings)
    mutate.mockRejectedValueOnce(
      new Refusal('INVALID', '', { errors: { current: ['This is not your password.'] } }),
    )
    await fill()
    expect(screen.getByLabelText('Current password')).toHaveAccessibleDescription(
      'This is not your password.',
    )
    expect(screen.getByLabelText<HTMLInputElement>('New password').value).toBe('four loud seals')
    expect(said()).toEqual([])
  })
})

describe('where one is signed in', () => {
  it('is told in plain words, this device marked', async () => {
    await show(SessionSettings)
    const rows = await screen.findAllByRole('listitem')
    expect(rows.map((row) => within(row).queryByText('This device') !== null)).toEqual([true, false])
    expect(screen.getByText('Safari on iPhone')).toBeVisible()
  })

  it('ends on one device, or on all the others', async () => {
    await show(SessionSettings)
    await screen.findAllByRole('listitem')
    mutate.mockResolvedValue({})
    answers.MySessions = { mySessions: [laptop] }
    await press('Sign out Safari on iPhone')
    expect(mutate.mock.calls[0]?.[1]).toEqual({ id: 'b' })
    await vi.waitFor(() => expect(screen.getAllByRole('listitem')).toHaveLength(1), { timeout: 4_000 })
    expect(said()).toEqual(['Safari on iPhone is signed out.'])
    expect(screen.queryByRole('button', { name: 'Sign out all other devices' })).toBeNull()
  })

  it('says what failed and keeps the list', async () => {
    await show(SessionSettings)
    await screen.findAllByRole('listitem')
    mutate.mockRejectedValueOnce(new Refusal('NETWORK', 'No answer.'))
    await press('Sign out all other devices')
    expect(await screen.findByText('No answer.')).toBeVisible()
    expect(screen.getAllByRole('listitem')).toHaveLength(2)
  })
})

describe('a program', () => {
  it('gets a token that is shown once', async () => {
    await show(TokenSettings)
    await screen.findByText('Grade book')
    mutate.mockResolvedValueOnce({ createApiToken: { token: 'the-secret', apiToken: { id: 'n' } } })
    await userEvent.type(screen.getByLabelText('Name'), 'Timetable')
    await userEvent.type(screen.getByLabelText('Your password'), 'three quiet otters')
    await press('Make the token')
    expect(mutate.mock.calls[0]?.[1]).toEqual({
      ...{ name: 'Timetable', scope: 'READ', days: 90, password: 'three quiet otters' },
    })
    expect(await screen.findByText('the-secret')).toBeVisible()
    expect(screen.getByLabelText<HTMLInputElement>('Your password').value).toBe('')
  })

  it('loses it after a question', async () => {
    await show(TokenSettings)
    await screen.findByText('Grade book')
    await press('Revoke Grade book')
    expect(mutate).not.toHaveBeenCalled()
    mutate.mockResolvedValueOnce({})
    answers.MyApiTokens = { myApiTokens: [] }
    await press('Revoke')
    expect(mutate.mock.calls[0]?.[1]).toEqual({ id: 't' })
    expect(await screen.findByText(account.tokens.none)).toBeVisible()
  })
})

describe('An administrator of a school without a mail server', () => {
  const letter = {
    ...{ id: 'm', recipient: 'ben@example.org', subject: 'A new password', created: '2026-11-23T10:00:00Z' },
    ...{ body: 'Open this link:\nhttps://school.example/reset/abc', problem: '' },
  }
  const end = { hasNextPage: false, endCursor: null }

  it('hands over each mail with its link', async () => {
    answers = { KeptMails: { keptMails: { nodes: [letter], pageInfo: end } } }
    await show(MailSettings)
    expect(await screen.findByText(/To ben@example\.org/)).toBeVisible()
    expect(screen.getByText(/reset\/abc/)).toBeVisible()
  })

  it('is told that all were sent', async () => {
    answers = { KeptMails: { keptMails: { nodes: [], pageInfo: end } } }
    await show(MailSettings)
    expect(await screen.findByText(/every mail was sent/)).toBeVisible()
  })
})
