import type en from './en'

export default {
  text: 'Tabula, kurā katram cilvēkam katrā kursā ir viena rinda. Pirms kaut kas notiek, jūs redzat, ko tā mainītu; tad importē visu vai neko.',
  textOfCourse:
    'Tabula, kurā katram cilvēkam ir viena rinda. Rindas bez kursa nozīmē šo kursu. Pirms kaut kas notiek, jūs redzat, ko tā mainītu; tad importē visu vai neko.',
  choose: 'Izvēlēties tabulu',
  drop: 'Vai nometiet to šeit. CSV, ne vairāk kā 20 000 rindu.',
  looking: 'Apskata {name}…',
  importing: 'Importē {name}…',
  seen: 'Ko mainītu {name}',
  done: '{name} ir importēta',
  doneText: 'Viss ir izdarīts. Saglabājiet iznākumu, ja vēlāk gribat zināt, kas bija jauns.',
  nothing: 'Viss šajā tabulā jau tā ir: nav ko importēt.',
  problemsText:
    'Šajā tabulā ir {n} kļūdu. Izlabojiet tās un izvēlieties tabulu vēlreiz; nekas nav mainīts. | Šajā tabulā ir {n} kļūda. Izlabojiet to un izvēlieties tabulu vēlreiz; nekas nav mainīts. | Šajā tabulā ir {n} kļūdas. Izlabojiet tās un izvēlieties tabulu vēlreiz; nekas nav mainīts.',
  lookAgain: 'Apskatīt vēlreiz',
  withdraw: 'Izņemt arī skolēnus, kuru tabulā nav',
  withdrawHint:
    '{n} šo kursu skolēnu tabulā nav. | {n} šo kursu skolēna tabulā nav. | {n} šo kursu skolēnu tabulā nav.',
  import: 'Importēt',
  download: 'Saglabāt visu CSV datnē',
  another: 'Cita tabula',
  line: '{line}. rinda',
  andMore: 'un vēl {n} | un vēl {n} | un vēl {n}',
  was: 'bija {before}',
  unchanged:
    '{n} rindu saka to, kas jau tā ir. | {n} rinda saka to, kas jau tā ir. | {n} rindas saka to, kas jau tā ir.',
  ignored: 'Šīs kolonnas šeit neko nenozīmē un netiek ņemtas vērā: {columns}.',
  parts: {
    problems: '{n} kļūdu | {n} kļūda | {n} kļūdas',
    newcomers: '{n} jaunu cilvēku | {n} jauns cilvēks | {n} jauni cilvēki',
    changes: 'Mainās {n} cilvēku | Mainās {n} cilvēks | Mainās {n} cilvēki',
    placements: '{n} vietu kursos | {n} vieta kursā | {n} vietas kursos',
    leave: 'Izņems {n} skolēnu | Izņems {n} skolēnu | Izņems {n} skolēnus',
    left: 'Izņemti {n} skolēnu | Izņemts {n} skolēns | Izņemti {n} skolēni',
    stay: '{n} skolēnu tabulā nav, viņi paliek | {n} skolēna tabulā nav, viņš paliek | {n} skolēnu tabulā nav, viņi paliek',
  },
  roles: { STUDENT: 'skolēns', TEACHER: 'skolotājs', GUARDIAN: 'vecāks', ADMIN: 'administrators' },
  courseRoles: {
    INSTRUCTOR: 'pasniedzējs',
    ASSISTANT: 'palīgs',
    STUDENT: 'skolēns',
    OBSERVER: 'vērotājs',
  },
  columnsTitle: 'Kolonnas',
  columnsText: 'Nosauktas pirmajā rindā, jebkurā secībā. Kolonnas ar citiem nosaukumiem neņem vērā.',
  columns: {
    email: 'E-pasta adrese, pēc kuras cilvēku atpazīst. Vajadzīga.',
    name: 'Kā to lasa citi. Vajadzīgs jauniem cilvēkiem.',
    username: 'Ja tukšs, to izveido no adreses.',
    role: 'Skolā: student (ja tukša), teacher vai guardian.',
    course: 'Kursa kods vai adrese. Var izlaist, ja visa tabula ir vienam kursam.',
    course_role: 'Kursā: student (ja tukša), assistant, instructor vai observer.',
    section: 'Kursa grupa. Ja tās vēl nav, to izveido.',
  },
  example: 'Saglabāt piemēru',
} satisfies typeof en
