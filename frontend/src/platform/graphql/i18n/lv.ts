import type en from './en'

export default {
  CONFLICT: 'Tas ir pretrunā ar to, kas jau ir. Pārlādējiet lapu un paskatieties.',
  FORBIDDEN: 'Šeit jūs to nedrīkstat darīt.',
  INTERNAL: 'Kaut kas nogāja greizi mūsu pusē. Uzrakstītais nav zudis; pēc brīža mēģiniet vēlreiz.',
  INVALID: 'Kaut kas vēl nav pareizi. Apskatiet atzīmētos laukus.',
  NETWORK: 'Skolas serveris neatbildēja. Pārbaudiet savienojumu un mēģiniet vēlreiz.',
  NOT_FOUND: 'Šeit nekā nav, vai arī tas jums nav atvērts.',
  TOO_COMPLEX: 'Tas bija par daudz vienā reizē.',
  TOO_MANY: 'Tas bija par ātru. Brīdi uzgaidiet un mēģiniet vēlreiz.',
  TOO_MANY_SECONDS:
    'Tas bija par ātru. Mēģiniet vēlreiz pēc {n} sekundēm. | Tas bija par ātru. Mēģiniet vēlreiz pēc {n} sekundes. | Tas bija par ātru. Mēģiniet vēlreiz pēc {n} sekundēm.',
  UNAUTHENTICATED: 'Lūdzu, pierakstieties.',
  UNAVAILABLE: 'Skolas serveris ir aizņemts. Pēc brīža mēģiniet vēlreiz.',
} satisfies typeof en
