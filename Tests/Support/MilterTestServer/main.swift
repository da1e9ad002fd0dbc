serveForTests()
