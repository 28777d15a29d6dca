import { cleanup, render, screen } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ref } from 'vue'

import design from '@/design/i18n/en'
import { i18n } from '@/platform/i18n'

import en from '../i18n/en'
import files from '../files/i18n/en'
import { live, type Live } from '../live'
import MessageComposer from './MessageComposer.vue'

vi.mock('@/domains/auth', () => ({ useSchool: () => ({ school }) }))

const school = ref({ fileLimit: 2 * 1024 * 1024, filesPerMessage: 3 })
let draft: string
const post = vi.fn()
const typed = vi.fn()

async function compose(mayPost = true): Promise<ReturnType<typeof render>> {
  const drawn = render(MessageComposer, {
    props: { roomId: 'lab', roomName: 'Lab', mayPost },
    global: {
      plugins: [createPinia(), i18n],
      stubs: { 'font-awesome-icon': true },
    },
  })
  await vi.dynamicImportSettled()
  return drawn
}

const box = (): HTMLTextAreaElement => screen.getByLabelText('Write to Lab')
const send = (): HTMLElement => screen.getByRole('button', { name: 'Send' })

afterEach(cleanup)
i18n.global.setLocaleMessage('en', { chat: en, design, files } as never)

beforeEach(() => {
  draft = ''
  post.mockReset()
  typed.mockReset()
  const drafts = { read: () => draft, write: (_: string, text: string) => (draft = text) }
  live.value = { drafts, post, typed } as unknown as Live
})

describe('writing', () => {
  it('is sent by Enter, and the box is empty again', async () => {
    await compose()
    await userEvent.type(box(), 'hello{Enter}')
    expect(post).toHaveBeenCalledExactlyOnceWith('lab', 'hello')
    expect(box().value).toBe('')
  })

  it('goes on in a new line with Shift+Enter', async () => {
    await compose()
    await userEvent.type(box(), 'one{Shift>}{Enter}{/Shift}two')
    expect(post).not.toHaveBeenCalled()
    expect(box().value).toBe('one\ntwo')
  })

  it('sends no blanks', async () => {
    await compose()
    await userEvent.type(box(), '   {Enter}')
    expect(post).not.toHaveBeenCalled()
    expect(send()).toBeDisabled()
  })

  it('is kept as a draft, and taken up where it was left', async () => {
    draft = 'the acid'
    await compose()
    expect(box().value).toBe('the acid')
    await userEvent.type(box(), ' and the base')
    expect(draft).toBe('the acid and the base')
  })

  it('counts near the limit, and says why it does not send what is longer', async () => {
    draft = 'a'.repeat(3700)
    await compose()
    expect(screen.getByText('3700 of 4000 characters')).toBeInTheDocument()
    await userEvent.click(box())
    await userEvent.paste('b'.repeat(400))
    expect(screen.getByText(/4100 characters: at most 4000/)).toBeInTheDocument()
    expect(send()).toBeDisabled()
    await userEvent.keyboard('{Enter}')
    expect(post).not.toHaveBeenCalled()
  })

  it('tells the others, but not of blanks', async () => {
    await compose()
    await userEvent.type(box(), ' ')
    expect(typed).not.toHaveBeenCalled()
    await userEvent.type(box(), 'a')
    expect(typed).toHaveBeenCalledWith('lab')
  })

  it('edits the last message with ArrowUp, only from an empty box', async () => {
    const composed = await compose()
    await userEvent.type(box(), 'a{ArrowUp}')
    expect(composed.emitted('editLast')).toBeUndefined()
    await userEvent.type(box(), '{Backspace}{ArrowUp}')
    expect(composed.emitted('editLast')).toHaveLength(1)
  })

  it('is not possible for those who may only read, and says so', async () => {
    await compose(false)
    expect(box()).toBeDisabled()
    expect(box().placeholder).toBe('You may read here, but not write.')
  })
})
