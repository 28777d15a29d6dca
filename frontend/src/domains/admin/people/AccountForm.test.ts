/** Who is an administrator is decided with care; the server answers as it is told to here. */
import { cleanup, render, screen } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { h } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'

import design from '@/design/i18n/en'
import { useAuth } from '@/domains/auth'
import { Refusal } from '@/platform/graphql'
import { i18n } from '@/platform/i18n'

import admin from '../i18n/en'
import AccountForm from './AccountForm.vue'

const mutate = vi.hoisted(() => vi.fn())
vi.mock('@/platform/graphql', async (original) => ({ ...(await original()), mutate }))

i18n.global.setLocaleMessage('en', { admin, auth: { name: 'Full name', required: 'x' }, design } as never)

const olga = {
  ...{ id: '1', username: 'olga', name: 'Olga', bio: '', avatar: '', role: 'ADMIN' as const },
  ...{ created: '2026-09-01T08:00:00Z', children: [] },
}
/** A question in the place of the dialog, which is the design system's to test. */
const asks = {
  props: ['open', 'confirm'],
  emits: ['confirm'],
  render(this: { open: boolean; confirm: string; $emit: (name: string) => void }) {
    return this.open ? h('button', { onClick: () => this.$emit('confirm') }, this.confirm) : null
  },
}

const press = (name: string): Promise<void> => userEvent.click(screen.getByRole('button', { name }))
const become = (role: string): Promise<void> => userEvent.selectOptions(screen.getByLabelText('Role'), role)

let at: ReturnType<typeof createRouter>
beforeEach(async () => {
  mutate.mockReset()
  const pinia = createPinia()
  setActivePinia(pinia)
  useAuth().user = { ...olga, email: 'olga@school.example' }
  at = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:path(.*)', component: {} }] })
  await at.push('/admin/people/1')
  render(AccountForm, {
    props: { person: olga },
    global: { plugins: [pinia, i18n, at], stubs: { 'font-awesome-icon': true, ConfirmDialog: asks } },
  })
})
afterEach(cleanup)

it('says beside the role that the last administrator stays one', async () => {
  mutate.mockRejectedValueOnce(new Refusal('CONFLICT', 'A school needs an administrator.'))
  await become('Teacher')
  await press('Save')
  expect(mutate).not.toHaveBeenCalled()
  await press(admin.person.ceases.confirm)
  expect(screen.getByLabelText('Role')).toHaveAccessibleDescription('A school needs an administrator.')
  expect(at.currentRoute.value.path).toBe('/admin/people/1')
})

it('shows the way out to whoever is no administrator any more', async () => {
  mutate.mockResolvedValueOnce({ editAccount: { user: { ...olga, role: 'TEACHER' } } })
  await become('Teacher')
  await press('Save')
  await press(admin.person.ceases.confirm)
  await vi.waitFor(() => expect(at.currentRoute.value.path).toBe('/'), { timeout: 4_000 })
})

it('asks nothing where the role stays', async () => {
  mutate.mockResolvedValueOnce({ editAccount: { user: olga } })
  await press('Save')
  expect(mutate).toHaveBeenCalledOnce()
})
