"""The doors: HTTP, GraphQL and the socket. They speak to people and programs; the school acts."""
