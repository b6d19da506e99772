// Fetches what the server draws, with the key behind # in the address, every two seconds.
const page = document.getElementById('page');
const said = new URLSearchParams(location.hash.slice(1));
const key = said.get('key');
const network = said.get('network') || '';
let seen = 0;

async function draw() {
  try {
    const answer = await fetch(`/v1/overview?network=${encodeURIComponent(network)}`,
      {headers: {Authorization: `Bearer ${key}`}});
    if (answer.ok) {
      page.innerHTML = await answer.text(); // drawn by the server, which escapes every name
      seen = Date.now();
    } else {
      page.textContent = (await answer.json()).detail;
    }
  } catch {
    document.title = 'no answer';
  }
  document.body.classList.toggle('frozen', Date.now() - seen > 5000);
}

if (key) {
  draw();
  setInterval(draw, 2000);
}
addEventListener('hashchange', () => location.reload());
