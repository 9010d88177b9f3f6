// An error as the server describes it.

const box = document.querySelector('#problem');

/** Takes the last error away. */
export function clearProblem() {
  box.hidden = true;
  box.replaceChildren();
}

/** Shows title, detail, every wrong field and the trace id of a problem. */
export function showProblem({ status, title, detail, errors, trace_id: trace }) {
  const fields = Object.entries(errors ?? {});
  const isSaidByFields = fields.length > 0;
  box.replaceChildren(
    line('strong', status ? `${status} ${title}` : title),
    ...(detail && !isSaidByFields ? [line('p', detail)] : []),
    ...fields.map(([field, messages]) => line('p', `${field}: ${messages.join(' ')}`)),
    ...(trace ? [line('small', `trace ${trace}`)] : []));
  box.hidden = false;
}

function line(tag, text) {
  return Object.assign(document.createElement(tag), { textContent: text });
}
