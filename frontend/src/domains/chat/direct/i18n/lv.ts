import type en from './en'

export default {
  title: 'Tiešās ziņas',
  none: 'Neviens jums vēl nav rakstījis tieši, un arī jūs nevienam neesat.',
  note: 'Tikai starp jums. To, par ko kāds ziņo, lasa administratori.',
  writeTo: 'Rakstīt: {name}',
  whoHelps: 'To var mainīt jūsu skolas administrators.',
  archived:
    'Šeit vairs neko nevar rakstīt: pēc šīs skolas noteikumiem jūs viens otram tieši nerakstāt, vai arī jūsu kopīgais kurss ir beidzies. Teiktais paliek lasāms.',
  begin: {
    action: 'Jauna saruna',
    title: 'Rakstīt kādam',
    text: 'Izvēlieties vienu cilvēku vai dažus.',
    people: 'Izvēlētie',
    search: 'Meklēt cilvēkus pēc vārda',
    found: 'Cilvēki',
    roles: { STUDENT: 'Skolēns', TEACHER: 'Skolotājs', GUARDIAN: 'Vecāks', ADMIN: 'Administrators' },
    nobody: 'Neviena jums redzama cilvēka ar šādu vārdu nav.',
    chosen: '{name}: izvēlēts.',
    leaveOut: 'Izlaist: {name}',
    full: 'Ne vairāk kā {most} cilvēki. Ja vajag vairāk, izveidojiet istabu.',
    submit: 'Sākt',
  },
  rules: {
    title: 'Kas kam drīkst rakstīt',
    text: 'Tiešās ziņas šajā skolā, abos virzienos. To nosaka administratori.',
    textForAdmin: 'Tiešās ziņas šajā skolā, abos virzienos. Jūsu izvēle stājas spēkā uzreiz.',
    groups:
      'Kopīgs kurss der, kamēr tas turpinās. Daži cilvēki drīkst rakstīt kopā, ja drīkst katri divi no viņiem vai ja viņu vidū ir skolotājs vai administrators, kas drīkst rakstīt visiem pārējiem.',
    pair: 'Starp ko',
    rule: 'Vai viņi viens otram raksta',
    among: 'Savā starpā: {who}',
    between: '{one} un {other}',
    who: { STUDENT: 'skolēni', TEACHER: 'skolotāji', GUARDIAN: 'vecāki', ADMIN: 'administratori' },
    NEVER: 'Nekad',
    SHARED_COURSE: 'Ja viņiem ir kopīgs kurss',
    ANYONE: 'Vienmēr',
    saved: '{pair}: {rule}.',
    undo: 'Atsaukt',
    failed: 'Noteikumus neizdevās ielādēt',
  },
} satisfies typeof en
