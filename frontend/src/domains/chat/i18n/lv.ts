import type en from './en'

export default {
  home: { title: 'Sākums' },
  room: { title: 'Istaba' },
} satisfies typeof en
