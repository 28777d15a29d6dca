import type en from './en'

export default {
  report: {
    message: 'Ziņot par ziņu, ko rakstīja {name}',
    person: 'Ziņot par cilvēku: {name}',
    what: 'Kas ir noticis?',
    whatHint: 'Saviem vārdiem.',
    missing: 'Lūdzu, pasakiet, kas ir noticis.',
    thenTitle: 'Kas notiks tālāk',
    thenMessage:
      'Jūsu skolas administratori izlasīs jūsu ziņojumu kopā ar šo ziņu tādu, kāda tā ir tagad, un dažām ziņām pirms tās. Ja to vēlāk izdzēsīs, tas neko nemainīs.',
    thenPerson: 'Jūsu skolas administratori izlasīs jūsu ziņojumu kopā ar profilu tādu, kāds tas ir tagad.',
    secret: 'Neviens cits par to neuzzinās, arī {name} ne.',
    cancel: 'Atcelt',
    submit: 'Nosūtīt ziņojumu',
    sent: 'Jūsu ziņojums ir nodots administratoriem. Paldies, ka neklusējāt.',
  },
} satisfies typeof en
