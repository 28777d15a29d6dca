import type en from './en'

export default {
  skip: 'Uz saturu',
  regions: {
    status: 'Lietotnes ziņas',
    rail: 'Galvenā',
    list: 'Istabas',
    main: 'Saturs',
    look: 'Valoda un izskats',
    aside: 'Sīkāk',
  },
  nav: { home: 'Sākums', goTo: 'Doties', me: 'Es', menuOf: '{name}: izvēlne' },
  me: { profile: 'Mans profils', settings: 'Iestatījumi', admin: 'Administrēšana', keyboard: 'Tastatūra' },
  theme: { title: 'Izskats', system: 'Kā sistēmā', light: 'Gaišs', dark: 'Tumšs', switch: 'Mainīt izskatu' },
  language: { title: 'Valoda', en: 'English', lv: 'Latviešu' },
  groups: { rooms: 'Istabas', courses: 'Kursi', anywhere: 'Visur', look: 'Izskats', go: 'Doties' },
  commands: {
    palette: 'Doties jebkur, darīt jebko',
    keys: 'Rādīt tastatūru',
    nextRegion: 'Nākamā lapas daļa',
    previousRegion: 'Iepriekšējā lapas daļa',
    theme: 'Izskats: {name}',
    language: 'Valoda: {name}',
  },
  sheet: {
    title: 'Tastatūra',
    text: 'Atsevišķi burti darbojas ārpus teksta laukiem.',
    singleKeys: 'Atsevišķi burti ir komandas',
  },
  notFound: {
    title: 'Šeit nav lapas',
    text: 'Adrese varbūt ir kļūdaina, vai arī tas, kas te bija, vairs nav. Nekas jūsu nav zudis.',
    home: 'Uz sākumu',
    search: 'Meklēt ko citu',
  },
  broken: {
    title: 'Šī lapas daļa nestrādā',
    text: 'Pārējais darbojas. Mēģiniet vēlreiz; ja atkal neizdodas, pārlādējiet lapu.',
  },
  update: { text: 'Ir gatava jaunāka EduSphere versija.', reload: 'Pārlādēt' },
  offlinePage: 'Lapu neizdevās ielādēt. Pārbaudiet savienojumu un mēģiniet vēlreiz.',
} satisfies typeof en
