import { beforeEach, describe, expect, it } from 'vitest'

import { FakeClock } from '@/platform/realtime/testing'

import { Drafts } from './drafts'

let clock: FakeClock
const mine = (): Drafts => new Drafts(localStorage, clock, 'ada')

beforeEach(() => {
  clock = new FakeClock()
  localStorage.clear()
})

describe('a draft', () => {
  it('is there again after a reload, room by room', () => {
    const drafts = mine()
    drafts.write('lab', 'the acid')
    drafts.write('choir', 'tomorrow')
    clock.pass(300)
    expect(mine().read('lab')).toBe('the acid')
    expect(mine().read('choir')).toBe('tomorrow')
  })

  it('is written down in a pause, not with each letter', () => {
    const drafts = mine()
    drafts.write('lab', 't')
    clock.pass(299)
    drafts.write('lab', 'th')
    clock.pass(299)
    expect(mine().read('lab')).toBe('')
    expect(drafts.read('lab')).toBe('th')
  })

  it('is saved at once when the page goes away', () => {
    const drafts = mine()
    drafts.write('lab', 'the acid')
    drafts.save()
    expect(mine().read('lab')).toBe('the acid')
  })

  it('leaves nothing behind when it was sent or emptied', () => {
    const drafts = mine()
    drafts.write('lab', 'the acid')
    drafts.save()
    drafts.write('lab', '  ')
    drafts.save()
    expect(localStorage.length).toBe(0)
  })

  it('is forgotten when its writer signs out, and nobody else’s with it', () => {
    const drafts = mine()
    drafts.write('lab', 'the acid')
    drafts.save()
    const hers = new Drafts(localStorage, clock, 'grace')
    hers.write('lab', 'the base')
    hers.save()
    drafts.forget()
    expect(mine().read('lab')).toBe('')
    expect(hers.read('lab')).toBe('the base')
  })

  it('survives what somebody else put into its place', () => {
    localStorage.setItem('edusphere.drafts.ada', '{"lab":')
    expect(mine().read('lab')).toBe('')
  })
})
