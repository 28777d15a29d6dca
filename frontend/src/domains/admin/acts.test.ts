import { expect, it } from 'vitest'

import { ACTS } from '@/contract/acts'

import en from './i18n/en'
import lv from './i18n/lv'

it.each(Object.entries({ en, lv }))(
  'has words in %s for whatever staff may be recorded to have done',
  (_, words) => {
    const known = Object.entries(words.acts).flatMap(([noun, verbs]) =>
      Object.keys(verbs).map((verb) => `${noun}.${verb}`),
    )
    expect(known.sort()).toEqual([...ACTS].sort())
  },
)
