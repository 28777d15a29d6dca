import { afterEach, describe, expect, it, vi } from 'vitest'

import { type Command, commands, createFollower, register } from '.'
import { type KeyPress, strokeOf } from './stroke'

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  ...{ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false },
  ...held,
})

describe('a stroke', () => {
  it.each([
    ['Mod+K', press('k', { ctrlKey: true })],
    ['Mod+K', press('k', { metaKey: true })],
    ['?', press('?', { shiftKey: true })],
    ['g', press('g')],
    ['g', press('G')],
    ['Shift+F6', press('F6', { shiftKey: true })],
    ['Alt+Shift+ArrowUp', press('ArrowUp', { altKey: true, shiftKey: true })],
    ['Space', press(' ')],
  ])('is written %s', (written, pressed) => {
    expect(strokeOf(pressed)).toBe(written)
  })

  it('is found by its place on a keyboard of another script', () => {
    expect(strokeOf(press('л', { code: 'KeyK', ctrlKey: true }))).toBe('Mod+K')
  })
})

describe('the registry', () => {
  let remove: (() => void)[] = []
  afterEach(() => {
    remove.forEach((take) => take())
    remove = []
  })

  function command(id: string, keys: string, more: Partial<Command> = {}): Command {
    const made = { id, keys, title: () => id, run: vi.fn(), ...more }
    remove.push(register([made]))
    return made
  }
  const reading = { inField: false, singleKeys: true, now: 0 }

  it('finds a command by its keys', () => {
    const palette = command('palette', 'Mod+K')
    expect(createFollower()(press('k', { ctrlKey: true }), reading)).toBe(palette)
  })

  it('follows two strokes', () => {
    const home = command('home', 'g h')
    const follow = createFollower()
    expect(follow(press('g'), reading)).toBeUndefined()
    expect(follow(press('h'), { ...reading, now: 500 })).toBe(home)
  })

  it('forgets the first stroke after a second', () => {
    command('home', 'g h')
    const follow = createFollower()
    follow(press('g'), reading)
    expect(follow(press('h'), { ...reading, now: 1500 })).toBeUndefined()
  })

  it('leaves letters alone in a field, and keys with Ctrl not', () => {
    command('search', '/')
    const palette = command('palette', 'Mod+K')
    const writing = { ...reading, inField: true }
    expect(createFollower()(press('/'), writing)).toBeUndefined()
    expect(createFollower()(press('k', { ctrlKey: true }), writing)).toBe(palette)
  })

  it('lets single letters be switched off', () => {
    command('search', '/')
    expect(createFollower()(press('/'), { ...reading, singleKeys: false })).toBeUndefined()
  })

  it('lets the later of two win while it applies', () => {
    const first = command('first', 'e')
    let applies = true
    const second = command('second', 'e', { when: () => applies })
    expect(createFollower()(press('e'), reading)).toBe(second)
    applies = false
    remove.push(register([]))
    expect(createFollower()(press('e'), reading)).toBe(first)
  })

  it('takes a command away with its screen', () => {
    const take = register([{ id: 'gone', title: () => 'gone', run: vi.fn() }])
    take()
    expect(commands.value.map(({ id }) => id)).not.toContain('gone')
  })
})
