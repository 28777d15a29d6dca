import type en from './en'

export default {
  attach: 'Pievienot failus',
  tray: 'Šīs ziņas faili',
  drop: 'Nometiet failus, lai tos pievienotu',
  dropText: 'Tie tiks nosūtīti ar jūsu nākamo ziņu istabā “{name}”.',
  added: 'Pievienoti {n} faili. | Pievienots {n} fails. | Pievienoti {n} faili.',
  removed: '“{name}” ir noņemts.',
  remove: 'Noņemt “{name}”',
  cancel: 'Atcelt “{name}”',
  retry: 'Mēģināt vēlreiz: “{name}”',
  waiting: 'gaida…',
  sending: 'nosūtīti {percent}',
  finishing: 'gandrīz gatavs…',
  progress: 'Sūta “{name}”',
  blocked: 'Kādu failu neizdevās nosūtīt. Mēģiniet vēlreiz vai noņemiet to, tad sūtiet ziņu.',
  download: 'Lejupielādēt',
  broken: 'Attēlu neizdevās ielādēt.',
  said: '{n} faili: {names} | {n} fails: {names} | {n} faili: {names}',
  lost: 'Tās faila šajā ierīcē vairs nav. Atmetiet ziņu un pievienojiet failu vēlreiz.',
  pasted: 'Attēls {time}.{ending}',
  refused: {
    empty: '“{name}” ir tukšs.',
    unreadable: '“{name}” nevar nolasīt. Ja tā ir mape, vispirms sapakojiet to vienā failā, piemēram, ZIP.',
    program: '“{name}” ir programma. Programmas šeit nepieņem: to atverot, var kaitēt kāda datoram.',
    tooLarge: '“{name}” ir pārāk liels: fails drīkst būt ne lielāks par {most}.',
    tooMany:
      'Vienā ziņā ietilpst ne vairāk kā {most} faili, tāpēc {n} netika pievienoti. Sūtiet tos citā ziņā. | Vienā ziņā ietilpst ne vairāk kā {most} faili, tāpēc {n} netika pievienots. Sūtiet to citā ziņā. | Vienā ziņā ietilpst ne vairāk kā {most} faili, tāpēc {n} netika pievienoti. Sūtiet tos citā ziņā.',
  },
  viewer: {
    position: '{place} no {all}',
    previous: 'Iepriekšējais attēls',
    next: 'Nākamais attēls',
  },
} satisfies typeof en
