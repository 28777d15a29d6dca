import { cleanup, render, screen } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { createPinia, setActivePinia, type Pinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ref } from 'vue'

import design from '@/design/i18n/en'
import { i18n } from '@/platform/i18n'

import en from '../i18n/en'
import files from '../files/i18n/en'
import type { Upload } from '../files/uploads'
import { live, type Live } from '../live'
import { useChat } from '../store'
import MessageComposer from './MessageComposer.vue'

vi.mock('@/domains/auth', () => ({ useSchool: () => ({ school }) }))

const school = ref({ fileLimit: 2 * 1024 * 1024, filesPerMessage: 3 })
let draft: string
const post = vi.fn()
const typed = vi.fn()
const attach = vi.fn<(roomId: string, file: File) => Promise<void>>()

let pinia: Pinia

async function compose(): Promise<ReturnType<typeof render>> {
  const drawn = render(MessageComposer, {
    props: { roomId: 'lab', roomName: 'Lab' },
    global: {
      plugins: [pinia, i18n],
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
  setActivePinia((pinia = createPinia()))
  draft = ''
  post.mockReset()
  typed.mockReset()
  attach.mockReset()
  const drafts = { read: () => draft, write: (_: string, text: string) => (draft = text) }
  live.value = { drafts, post, typed, attach } as unknown as Live
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
})

describe('attaching', () => {
  const picker = (): HTMLInputElement => screen.getByLabelText('Attach files', { selector: 'input' })
  const file = (name: string, size = 4): File => new File([new Uint8Array(size).fill(65)], name)
  const attached = (): string[] => attach.mock.calls.map(([, { name }]) => name)

  function tray(...standings: Upload['standing'][]): void {
    const uploads = standings.map((standing, index): Upload => ({
      ...{ id: `${index}`, roomId: 'lab', name: 'a.txt', size: 4, type: '', preview: '', pixels: null },
      ...{ standing, progress: 0, why: 'No.', isFinal: false, file: null, isInMessage: false },
    }))
    useChat().uploads = new Map(uploads.map((upload) => [upload.id, upload]))
  }

  it('is done with the picker', async () => {
    await compose()
    await userEvent.upload(picker(), [file('a.txt'), file('b.txt')])
    await vi.waitFor(() => expect(attached()).toEqual(['a.txt', 'b.txt']), { timeout: 4_000 })
  })

  it('is done by pasting, wherever one is', async () => {
    await compose()
    const pasted = new Event('paste', { bubbles: true, cancelable: true })
    const clipboardData = { types: ['Files'], files: [file('newt.png')] }
    document.body.dispatchEvent(Object.assign(pasted, { clipboardData }))
    await vi.waitFor(() => expect(attached()).toEqual(['newt.png']), { timeout: 4_000 })
    expect(pasted.defaultPrevented).toBe(true)
  })

  it('says at once what cannot be sent, and takes the rest', async () => {
    await compose()
    const given = [file('film.mp4', 3 * 1024 * 1024), file('none.txt', 0)]
    for (const name of ['a.txt', 'b.txt', 'c.txt', 'd.txt']) given.push(file(name))
    await userEvent.upload(picker(), given)
    const said = await screen.findByRole('alert')
    expect(said).toHaveTextContent('“film.mp4” is too large: a file may have 2 MB at most.')
    expect(said).toHaveTextContent('“none.txt” is empty.')
    expect(said).toHaveTextContent('A message takes 3 files at most, so 1 was left out.')
    expect(attached()).toEqual(['a.txt', 'b.txt', 'c.txt'])
    await userEvent.click(screen.getByRole('button', { name: 'Dismiss' }))
    expect(screen.queryByRole('alert')).not.toBeInTheDocument()
  })

  it('is enough for a message: files need no words, and none need to have arrived', async () => {
    tray('sending')
    await compose()
    await userEvent.type(box(), '{Enter}')
    expect(post).toHaveBeenCalledExactlyOnceWith('lab', '')
  })

  it('keeps a message back while one of its files could not be sent', async () => {
    tray('sent', 'failed')
    await compose()
    await userEvent.type(box(), 'my homework{Enter}')
    expect(post).not.toHaveBeenCalled()
    expect(send()).toBeDisabled()
    expect(screen.getByText(/A file could not be sent/)).toBeInTheDocument()
  })
})
