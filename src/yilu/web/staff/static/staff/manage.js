/* Small help for the pages of management: dialogs that shut, charts drawn from JSON. */
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-shuts]");
    if (button) button.closest("dialog")?.close();
  });

  /* A chart fetches its numbers from data-chart; the table beside it says the same in words. */
  const draw = async (box) => {
    if (!window.echarts) return;
    const answer = await fetch(box.dataset.chart, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const given = await answer.json();
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const tones = {
      good: colour("--good"),
      warn: colour("--warn-line"),
      bad: colour("--bad"),
      info: colour("--info"),
      plain: colour("--line-strong"),
    };
    const chart = window.echarts.init(box, null, { renderer: "svg" });
    const across = given.direction !== "down";
    const names = { type: "category", data: given.names, axisTick: { show: false }, inverse: !across,
      axisLabel: { width: across ? 90 : 150, overflow: "truncate", hideOverlap: true } };
    const whole = given.series.every((one) => one.data.every((n) => n === null || Number.isInteger(n)));
    const numbers = { type: "value", minInterval: whole ? 1 : 0, min: given.min, max: given.max, splitLine: { lineStyle: { color: colour("--line") } } };
    /* A line joins points: one with no neighbour is seen only with its symbol. */
    const alone = (data) => data.some((n, i) => n !== null && (data[i - 1] ?? null) === null && (data[i + 1] ?? null) === null);
    chart.setOption({
      animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
      textStyle: { fontFamily: style.getPropertyValue("--font") },
      grid: { left: across ? 8 : 24, right: 24, top: given.series.length > 1 ? 36 : 12, bottom: 4, containLabel: true },
      legend: given.series.length > 1 ? { type: "scroll", top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 12 } : undefined,
      tooltip: { trigger: "axis", axisPointer: { type: given.kind === "line" ? "line" : "shadow" } },
      xAxis: across ? names : numbers,
      yAxis: across ? numbers : names,
      series: given.series.map((one) => ({
        name: one.name, type: given.kind || "bar", data: one.data, stack: one.stack, barMaxWidth: 26,
        smooth: false, showSymbol: alone(one.data), symbolSize: 6, itemStyle: { color: tones[one.tone] || tones.info },
        lineStyle: { width: 2.5 },
      })),
    });
    chart.on("click", (hit) => {
      const to = given.links?.[hit.dataIndex];
      if (to) window.location.assign(to);
    });
    new ResizeObserver(() => chart.resize()).observe(box);
  };
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-chart]").forEach(draw));
})();
