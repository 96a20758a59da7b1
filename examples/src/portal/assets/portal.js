// Shows how far a file has come. Without JavaScript the same form sends the same file.
"use strict";
for (const form of document.querySelectorAll("form[data-progress]")) {
  form.addEventListener("submit", (event) => {
    const shown = form.querySelector(".progress");
    const bar = shown.querySelector("progress");
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", (sent) => {
      if (sent.lengthComputable) bar.value = (100 * sent.loaded) / sent.total;
    });
    request.addEventListener("load", () => {
      if (request.responseURL !== form.action) {
        location.assign(request.responseURL);
        return;
      }
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      document.title = page.title;
      document.querySelector("main").replaceWith(page.querySelector("main"));
      const first = document.querySelector("main [autofocus]") || document.querySelector("main");
      first.focus();
    });
    request.addEventListener("error", () => location.reload());
    shown.hidden = false;
    request.send(new FormData(form));
    event.preventDefault();
  });
}
