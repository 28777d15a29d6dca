import type en from './en'

export default {
  back: 'Atpakaļ',
  cancel: 'Atcelt',
  close: 'Aizvērt',
  dismiss: 'Paslēpt',
  characters: '{used} no {most} rakstzīmēm',
  here: 'Šobrīd šeit',
  hidePassword: 'Paslēpt paroli',
  loading: 'Ielādē…',
  notices: 'Paziņojumi',
  nothingFound: 'Pēc “{query}” nekas nav atrasts.',
  optional: 'nav obligāti',
  palette: { title: 'Doties jebkur, darīt jebko', placeholder: 'Rakstiet nosaukumu vai komandu…' },
  retry: 'Mēģināt vēlreiz',
  showPassword: 'Rādīt paroli',
  unread: '{n} nelasītu | {n} nelasīts | {n} nelasīti',
} satisfies typeof en
