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
    forgotten: 'Aizmirsāt paroli?',
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
    roles: { STUDENT: 'Skolēns', TEACHER: 'Skolotājs', GUARDIAN: 'Vecāks', ADMIN: 'Administrators' },
    invitation: 'Jūs esat ielūgts. Jūsu konts būs: {role}.',
    used: {
      title: 'Šis ielūgums vairs neder',
      text: 'Tas jau ir izmantots, ir par vecu, vai tā vietā ir jaunāks. Ja konts jau ir, pierakstieties; ja nav, palūdziet jaunu ielūgumu.',
    },
    mailed: {
      title: 'Ieskatieties pastkastē',
      text: 'Mēs uzrakstījām uz {email}. Atveriet vēstulē doto saiti, lai pabeigtu.',
    },
  },
  forgotten: {
    title: 'Jauna parole',
    text: 'Ierakstiet sava konta e-pasta adresi. Jūs saņemsiet saiti, ar ko izvēlēties jaunu paroli.',
    submit: 'Sūtīt man saiti',
    sent: {
      title: 'Ieskatieties pastkastē',
      text: 'Ja ir konts ar adresi {email}, saite jau ir ceļā; tā der stundu. Nekas neatnāk? Jautājiet skolas administratoram.',
    },
  },
  reset: {
    title: 'Izvēlieties jaunu paroli',
    password: 'Jaunā parole',
    text: 'Jūs tiksiet izrakstīts visur un pierakstīsieties ar jauno.',
    submit: 'Saglabāt paroli',
    done: 'Jums ir jauna parole. Pierakstieties ar to.',
    bad: {
      title: 'Šī saite vairs neder',
      text: 'Tā jau ir izmantota vai ir vecāka par stundu. Palūdziet jaunu.',
    },
  },
  verify: {
    title: 'Pabeidziet reģistrēšanos',
    text: 'Šī adrese ir jūsu: kontu var izveidot.',
    submit: 'Izveidot manu kontu',
    done: 'Jūsu konts ir gatavs. Pierakstieties.',
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
