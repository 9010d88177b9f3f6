// A request as a command to paste into a shell.

/** The same request to POST /chat as the page sends. */
export function curl(origin, picture, fields) {
  const parts = Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `-F ${quote(`${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)}`);
  const image = picture ? [`-F ${quote(`image=@${picture.name}`)}`] : [];
  return [`curl -sN ${quote(`${origin}/chat`)}`, ...image, ...parts, '-F stream=true'].join(' \\\n  ');
}

const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
