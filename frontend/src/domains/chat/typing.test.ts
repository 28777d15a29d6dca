import { describe, expect, it } from 'vitest'

import { FakeClock } from '@/platform/realtime/testing'

import { ada, grace } from './testing'
import { MyTyping, TheirTyping } from './typing'

describe('my typing', () => {
  it('is told at the first letter and every three seconds while I go on', () => {
    const clock = new FakeClock()
    let told = 0
    const typing = new MyTyping(clock, () => told++)
    for (let tenth = 0; tenth < 40; tenth++) {
      typing.typed()
      clock.pass(100)
    }
    expect(told).toBe(2)
  })

  it('is news again after I sent', () => {
    const clock = new FakeClock()
    let told = 0
    const typing = new MyTyping(clock, () => told++)
    typing.typed()
    typing.rested()
    typing.typed()
    expect(told).toBe(2)
  })
})

describe('their typing', () => {
  it('is believed for five seconds after it was last told', () => {
    const clock = new FakeClock()
    const typing = new TheirTyping(clock, () => {})
    typing.started(ada)
    clock.pass(3000)
    typing.started(grace)
    typing.started(ada)
    clock.pass(4999)
    expect(typing.people.map(({ id }) => id)).toEqual(['ada', 'grace'])
    clock.pass(1)
    expect(typing.people).toEqual([])
  })

  it('ends with their message', () => {
    const typing = new TheirTyping(new FakeClock(), () => {})
    typing.started(ada)
    typing.stopped('ada')
    typing.stopped('nobody')
    expect(typing.people).toEqual([])
  })
})
