import { beforeEach, describe, expect, it } from 'vitest'

import { FakeClock } from '@/platform/realtime/testing'

import { ReadMark } from './readMark'

let clock: FakeClock
let told: number[]
let mark: ReadMark

beforeEach(() => {
  clock = new FakeClock()
  told = []
  mark = new ReadMark(clock, (number) => told.push(number), 10)
})

describe('the read mark', () => {
  it('moves when a row was on the screen for a second', () => {
    mark.onScreen(12)
    clock.pass(999)
    expect(told).toEqual([])
    clock.pass(1)
    expect(told).toEqual([12])
  })

  it('does not move for what is scrolled past', () => {
    mark.onScreen(30)
    clock.pass(500)
    mark.onScreen(20)
    clock.pass(2000)
    expect(told).toEqual([20])
  })

  it('does not move while nobody looks', () => {
    mark.onScreen(12)
    clock.pass(500)
    mark.onScreen(null)
    clock.pass(5000)
    expect(told).toEqual([])
  })

  it('moves about once a second while messages rush in', () => {
    for (let number = 11; number <= 40; number++) {
      mark.onScreen(number)
      clock.pass(100)
    }
    clock.pass(1000)
    expect(told.at(-1)).toBe(40)
    expect(told.length).toBeLessThan(35)
    expect([...told].sort((a, b) => a - b)).toEqual(told)
  })

  it('never moves back, nor over again to where another tab has read', () => {
    mark.movedElsewhere(20)
    mark.onScreen(15)
    clock.pass(2000)
    expect(told).toEqual([])
  })
})
