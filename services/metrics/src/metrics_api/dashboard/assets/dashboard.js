// What a page without script does too, only quicker: a choice applies at once, a slow answer shows,
// and a page that stays open says when there are new data.
"use strict";

(() => {
  const loading = document.querySelector("[data-loading]");
  const LOOK_EVERY_MS = 20000;
  const SLOW_AFTER_MS = 150;

  const showLoading = () => {
    window.setTimeout(() => {
      loading.hidden = false;
      document.getElementById("main").setAttribute("aria-busy", "true");
    }, SLOW_AFTER_MS);
  };

  // A page that comes back from the browser's memory is not loading any more.
  window.addEventListener("pageshow", () => {
    loading.hidden = true;
    document.getElementById("main").removeAttribute("aria-busy");
    for (const field of document.querySelectorAll("form :disabled")) field.disabled = false;
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    const page = (address) => address.split("#")[0];
    const leaves = link && !link.hasAttribute("download") && page(link.href) !== page(location.href);
    if (leaves && plain && event.button === 0) {
      showLoading();
    }
  });

  for (const form of document.querySelectorAll("form")) {
    form.addEventListener("submit", showLoading);
  }

  for (const form of document.querySelectorAll("[data-submit-on-change]")) {
    const withoutEmpty = () => {
      for (const field of form.elements) {
        if (field.name && field.value === "") field.disabled = true;
      }
    };
    form.addEventListener("submit", withoutEmpty);
    // A date is typed in parts: it applies when it is left or confirmed, a choice at once.
    form.addEventListener("change", (event) => {
      if (event.target.type !== "date") form.requestSubmit();
    });
    for (const date of form.querySelectorAll("input[type=date]")) {
      const before = date.value;
      date.addEventListener("blur", () => {
        if (date.value && date.value !== before) form.requestSubmit();
      });
    }
  }

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  const freshness = document.querySelector("[data-freshness]");
  if (freshness) {
    const address = freshness.dataset.freshness + "?lang=" +
      (document.documentElement.lang === "en" ? "en" : "zh");
    const look = async () => {
      if (document.hidden) return;
      let answer;
      try {
        answer = await fetch(address, { headers: { accept: "application/json" } });
      } catch {
        return; // the network is away for a moment: the page still says of when its data are
      }
      if (answer.status === 401) {
        location.reload();
        return;
      }
      if (!answer.ok) return;
      const now = await answer.json();
      freshness.querySelector("[data-lag]").textContent = now.lag;
      freshness.querySelector(".dot").classList.toggle("late", now.late);
      freshness.querySelector("[data-reload]").hidden = String(now.edition) === freshness.dataset.edition;
    };
    window.setInterval(look, LOOK_EVERY_MS);
    document.addEventListener("visibilitychange", look);
  }
})();
