import type en from './en'

export default {
  required: 'Lūdzu, aizpildiet.',
  name: 'Vārds un uzvārds',
  nameHint: 'Kā jūs pazīst skolā.',
  username: 'Lietotājvārds',
  usernameHint: 'Mazie burti, cipari un defises. Tas ir daļa no jūsu adreses un paliek.',
  email: 'E-pasts',
  password: 'Parole',
  passwordHint: 'Vismaz 8 rakstzīmes. Vairākus vārdus pēc kārtas ir viegli atcerēties.',
  ended: {
    signed_out: 'Jūs esat izrakstījies.',
    password_changed: 'Parole tika nomainīta. Pierakstieties ar jauno.',
    disabled: 'Šis konts ir izslēgts. Jautājiet skolas administratoram.',
    expired: 'Jūs kādu laiku nebijāt šeit. Lūdzu, pierakstieties vēlreiz.',
    reused: 'Šī pierakstīšanās tika beigta, lai sargātu jūsu kontu. Lūdzu, pierakstieties vēlreiz.',
  },
  wanted: 'Pierakstieties, lai turpinātu.',
  notSetUp:
    'Šī skola vēl nav iestatīta. Servera uzturētājs atver adresi, kas sākas ar /setup un ko serveris parādīja, kad tika palaists.',
  schoolUnknown: 'Skolas serveris neatbildēja.',
  signIn: {
    title: 'Pierakstīties',
    text: 'Pierakstīties: {school}',
    submit: 'Pierakstīties',
    noAccount: 'Vēl nav konta?',
    register: 'Reģistrēties',
    forgotten: 'Aizmirsāt paroli? Palīdzēs skolotājs vai administrators.',
  },
  register: {
    title: 'Reģistrēties',
    text: 'Izveidot kontu: {school}',
    submit: 'Reģistrēties',
    haveAccount: 'Jums jau ir konts?',
    signIn: 'Pierakstīties',
    closed: {
      title: 'Kontus šeit izveido jums',
      text: '{school}: kontus izveido administratori. Jautājiet skolotājam vai skolas kancelejā.',
    },
    invited: {
      title: 'Vajadzīgs ielūgums',
      text: '{school}: pievienoties var ar ielūgumu. Atveriet tajā doto saiti vai palūdziet to skolotājam.',
    },
    welcome: 'Laipni lūdzam, {name}. Jūsu konts ir gatavs.',
  },
  setup: {
    title: 'Iestatīt skolu',
    text: 'Jūs būsiet pirmais administrators. Visu te var mainīt arī vēlāk.',
    school: 'Skola',
    schoolName: 'Skolas nosaukums',
    schoolNameHint: 'Tas redzams katrā lapā.',
    you: 'Jūs',
    registration: 'Kas drīkst izveidot kontu?',
    modes: {
      OPEN: { label: 'Ikviens, kas var sasniegt šo serveri', hint: 'Reģistrējas paši un sāk kā skolēni.' },
      INVITED: { label: 'Tikai ar ielūgumu', hint: 'Ielūdz skolotāji un administratori.' },
      CLOSED: { label: 'Neviens: kontus izveido administratori', hint: 'Pa vienam vai no saraksta.' },
    },
    submit: 'Iestatīt',
    done: '{school} ir gatava. Jūs esat tās administrators.',
    checking: 'Pārbauda saiti…',
    bad: {
      title: 'Šī saite neder',
      text: 'Tā jau ir izmantota vai nav pilna. Kamēr nav administratora, serveris katrā palaišanas reizē parāda jaunu: nokopējiet no tā loga visu rindu.',
    },
    alreadyDone: {
      title: 'Šī skola ir iestatīta',
      text: 'Tai ir administrators. Pierakstieties vai palūdziet viņam kontu.',
    },
    none: {
      title: 'Atveriet visu saiti',
      text: 'Palaists serveris parāda adresi, kas beidzas ar garu kodu. Nokopējiet to visu.',
    },
  },
  signOut: 'Izrakstīties',
  signOutFailed:
    'Jūs vēl esat pierakstījies: skolas serveris neatbildēja. Pirms atstājat šo datoru, mēģiniet vēlreiz.',
} satisfies typeof en
