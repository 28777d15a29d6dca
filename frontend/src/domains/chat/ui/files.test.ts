import { cleanup, render, screen, within } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import design from '@/design/i18n/en'
import { i18n } from '@/platform/i18n'

import files from '../files/i18n/en'
import type { Picture } from '../files/sent'
import type { Upload } from '../files/uploads'
import en from '../i18n/en'
import type { SentFile } from '../language'
import { live, type Live } from '../live'
import AttachmentTray from './AttachmentTray.vue'
import MessageFiles from './MessageFiles.vue'
import PictureViewer from './PictureViewer.vue'

const detach = vi.fn()
const retryFile = vi.fn()
const global = { plugins: [createPinia(), i18n], stubs: { 'font-awesome-icon': true } }

const upload = (name: string, how: Partial<Upload> = {}): Upload => ({
  ...{ id: name, roomId: 'lab', name, size: 310_000, type: 'application/pdf', preview: '', pixels: null },
  ...{ standing: 'sent', progress: 1, why: '', isFinal: false, file: null, isInMessage: false, ...how },
})
const report: SentFile = {
  ...{ id: 'r', name: 'report.pdf', size: 310_000, mime: 'application/pdf', width: null, height: null },
}
const picture = (id: string): Picture => ({
  ...{ id, name: `${id}.png`, size: 4, mime: 'image/png', width: 1600, height: 900 },
})

afterEach(cleanup)
i18n.global.setLocaleMessage('en', { chat: en, design, files } as never)

beforeEach(() => {
  detach.mockReset()
  retryFile.mockReset()
  live.value = { detach, retryFile } as unknown as Live
})

describe('the tray', () => {
  it('tells of each file how far it is', () => {
    const uploads = [
      upload('done.pdf'),
      upload('half.pdf', { standing: 'sending', progress: 0.43 }),
      upload('later.pdf', { standing: 'waiting', progress: 0 }),
    ]
    render(AttachmentTray, { props: { uploads }, global })
    const [done, half, later] = within(screen.getByRole('list', { name: files.tray })).getAllByRole(
      'listitem',
    )
    expect(done).toHaveTextContent(/done\.pdf\s*303 kB/)
    expect(half).toHaveTextContent(/43\s?% sent/)
    expect(screen.getByRole('progressbar', { name: 'Sending “half.pdf”' })).toHaveValue(0.43)
    expect(later).toHaveTextContent('waiting…')
  })

  it('cancels what is on its way, and hands the focus on', async () => {
    const uploads = [upload('one.pdf', { standing: 'sending', progress: 0.1 }), upload('two.pdf')]
    const { rerender, emitted } = render(AttachmentTray, { props: { uploads }, global })
    detach.mockImplementation((id) => void rerender({ uploads: uploads.filter((one) => one.id !== id) }))
    await userEvent.click(screen.getByRole('button', { name: 'Cancel “one.pdf”' }))
    expect(detach).toHaveBeenCalledExactlyOnceWith('one.pdf')
    expect(screen.getByRole('button', { name: 'Take “two.pdf” away' })).toHaveFocus()
    detach.mockImplementation(() => void rerender({ uploads: [] }))
    await userEvent.keyboard('{Enter}')
    expect(emitted('emptied')).toHaveLength(1)
  })

  it('says why one was not taken, and offers to try again where that may help', async () => {
    const uploads = [
      upload('full.pdf', { standing: 'failed', why: 'The disk is full.' }),
      upload('bad.png', { standing: 'failed', why: 'This picture is damaged.', isFinal: true }),
    ]
    render(AttachmentTray, { props: { uploads }, global })
    expect(screen.getAllByRole('alert').map(({ textContent }) => textContent)).toEqual([
      'The disk is full.',
      'This picture is damaged.',
    ])
    expect(screen.queryByRole('button', { name: 'Try “bad.png” again' })).not.toBeInTheDocument()
    await userEvent.click(screen.getByRole('button', { name: 'Try “full.pdf” again' }))
    expect(retryFile).toHaveBeenCalledExactlyOnceWith('full.pdf')
  })
})

describe('the files of a message', () => {
  it('are rows with name and size, to be saved', () => {
    render(MessageFiles, { props: { files: [report] }, global })
    const link = screen.getByRole('link', { name: /^report\.pdf 303 kB Download/ })
    expect(link).toHaveAttribute('href', '/media/files/r/report.pdf')
    expect(link).toHaveAttribute('download', 'report.pdf')
  })

  it('are pictures with their names, in slots of their size before they are there', async () => {
    const { emitted } = render(MessageFiles, { props: { files: [picture('newt')] }, global })
    const image = screen.getByAltText('newt.png')
    expect(image).toHaveAttribute('src', '/media/files/newt/thumbnail')
    expect(image.parentElement).toHaveStyle({ width: '320px', aspectRatio: '320 / 240' })
    await userEvent.click(screen.getByRole('button', { name: 'newt.png' }))
    expect(emitted('show')).toEqual([[picture('newt')]])
  })
})

describe('the viewer', () => {
  const pictures = [picture('a'), picture('b')]
  const title = async (): Promise<string> => (await screen.findByRole('heading')).textContent

  it('goes through the room’s pictures with the arrows, and closes with Escape', async () => {
    const { emitted, rerender } = render(PictureViewer, { props: { pictures, modelValue: 'a' }, global })
    expect(await title()).toBe('a.png')
    expect(screen.getByText('1 of 2')).toBeInTheDocument()
    expect(screen.queryByRole('button', { name: 'Previous picture' })).not.toBeInTheDocument()
    await userEvent.keyboard('{ArrowRight}')
    expect(emitted('update:modelValue')).toEqual([['b']])
    await rerender({ pictures, modelValue: 'b' })
    expect(screen.getByAltText('b.png')).toHaveAttribute('src', '/media/files/b/b.png')
    await userEvent.click(screen.getByRole('button', { name: 'Previous picture' }))
    expect(emitted('update:modelValue')).toEqual([['b'], ['a']])
    await userEvent.keyboard('{Escape}')
    expect(emitted('update:modelValue')).toEqual([['b'], ['a'], [null]])
  })

  it('closes when the picture is deleted', async () => {
    const { emitted, rerender } = render(PictureViewer, { props: { pictures, modelValue: 'b' }, global })
    await rerender({ pictures: pictures.slice(0, 1), modelValue: 'b' })
    expect(emitted('update:modelValue')).toEqual([[null]])
  })
})
