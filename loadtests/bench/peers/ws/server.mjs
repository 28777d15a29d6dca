/* The broadcast of the `ws` project's own README. */
import { WebSocketServer } from 'ws'

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2]), perMessageDeflate: false, backlog: 2048 })

server.on('connection', (socket) => {
  socket.on('message', (data) => {
    for (const each of server.clients) each.send(data, { binary: false })
  })
})
