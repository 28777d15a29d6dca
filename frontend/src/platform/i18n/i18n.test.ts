import { describe, expect, it } from 'vitest'

import { i18n, pluralForm, preferredLocale, setLocale } from '.'
import { formatMoment, isSameDay } from './moments'

describe('the language at first', () => {
  it('is the first of the browser’s that we speak', () => {
    expect(preferredLocale(['de-DE', 'lv-LV', 'en'])).toBe('lv')
    expect(preferredLocale(['en-US', 'lv'])).toBe('en')
  })

  it('is English where we speak none of them', () => {
    expect(preferredLocale(['ja', 'de'])).toBe('en')
  })
})

describe('plural forms', () => {
  it.each([
    [0, 0],
    [1, 1],
    [21, 1],
    [2, 2],
    [11, 0],
  ])('in Latvian, %i takes form %i', (count, form) => {
    expect(pluralForm('lv')(count, 3)).toBe(form)
  })

  it('fall back to the last when a catalogue has fewer', () => {
    expect(pluralForm('lv')(2, 1)).toBe(0)
  })
})

describe('a moment', () => {
  const now = new Date(2026, 10, 23, 12, 0)
  const at = (day: number, hour = 9): Date => new Date(2026, 10, day, hour, 5)

  it('is said as people say it', () => {
    expect(formatMoment(at(23), 'time', now)).toBe('09:05')
    expect(formatMoment(at(23), 'day', now)).toBe('Today')
    expect(formatMoment(at(22, 23), 'day', now)).toBe('Yesterday')
    expect(formatMoment(at(16), 'day', now)).toBe('Monday 16 November')
    expect(formatMoment(new Date(2025, 0, 2), 'day', now)).toBe('Thursday, 2 January 2025')
  })

  it('is short in a list', () => {
    expect(formatMoment(at(23), 'short', now)).toBe('09:05')
    expect(formatMoment(at(20), 'short', now)).toBe('Fri')
    expect(formatMoment(at(2), 'short', now)).toBe('2 Nov')
  })

  it('follows the language', async () => {
    await setLocale('lv')
    expect(formatMoment(at(23), 'day', now)).toBe('Šodien')
    await setLocale('en')
    expect(i18n.global.locale.value).toBe('en')
  })

  it('is empty when it is none', () => {
    expect(formatMoment('never', 'time', now)).toBe('')
  })

  it('belongs to a day by the reader’s own midnight', () => {
    expect(isSameDay(at(23, 0), at(23, 23))).toBe(true)
    expect(isSameDay(at(22, 23), at(23, 0))).toBe(false)
  })
})
