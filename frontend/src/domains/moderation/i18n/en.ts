export default {
  report: {
    message: 'Report a message of {name}',
    person: 'Report {name}',
    what: 'What is the matter?',
    whatHint: 'In your own words.',
    missing: 'Please say what is the matter.',
    thenTitle: 'What happens then',
    thenMessage:
      'The administrators of your school read your report, with the message as it is now and the few before it. Deleting it afterwards changes nothing.',
    thenPerson: 'The administrators of your school read your report, with the profile as it is now.',
    secret: 'Nobody else is told, {name} neither.',
    cancel: 'Cancel',
    submit: 'Send the report',
    sent: 'Your report is with the administrators. Thank you for speaking up.',
  },
}
