export default {
  home: { title: 'Home' },
  room: { title: 'Room' },
}
