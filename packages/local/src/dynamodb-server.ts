import dynalite from 'dynalite';

/**
 * The DynamoDB of one machine, a process of its own: dynalite throws where nobody can catch it, and the folder of its
 * LevelDB is locked for as long as its process lives. Started with the port (0: any) and the folder (none: in memory);
 * tells its parent `{type: 'listening', port}`, and ends with it.
 */
const [port = '0', folder] = process.argv.slice(2);
const server = dynalite({ createTableMs: 0, ...(folder === undefined ? {} : { path: folder }) });

server.on('request', (request) => {
  // A caller that leaves in the middle of its request is nothing to die of.
  request.removeAllListeners('error');
  request.on('error', () => undefined);
});
server.listen(Number(port), '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ type: 'listening', port: typeof address === 'object' ? address?.port : undefined });
});

const end = () => {
  server.close(() => process.exit());
  server.closeAllConnections();
};
process.once('SIGTERM', end);
process.once('disconnect', end);
