// Pictures to send, drawn here: a landscape, a receipt, a chart and a plain colour. 360 × 270 pixels.
import { time } from "./dom.js";

/** The time stands on it, so that two of them differ. */
function landscape(draw) {
  const sky = draw.createLinearGradient(0, 0, 0, 270);
  sky.addColorStop(0, "#8fd3f4"); sky.addColorStop(1, "#fff3d6");
  draw.fillStyle = sky; draw.fillRect(0, 0, 360, 270);
  draw.fillStyle = "#ffb347"; draw.beginPath(); draw.arc(275, 75, 32, 0, 7); draw.fill();
  draw.fillStyle = "#4c8c5a"; draw.beginPath(); draw.moveTo(0, 270); draw.lineTo(110, 110); draw.lineTo(215, 270); draw.fill();
  draw.fillStyle = "#2f6b46"; draw.beginPath(); draw.moveTo(120, 270); draw.lineTo(250, 140); draw.lineTo(360, 270); draw.fill();
  draw.fillStyle = "#fff"; draw.font = "600 20px sans-serif"; draw.fillText(time(Date.now(), true), 16, 254);
}

function receipt(draw) {
  draw.fillStyle = "#d8d2c4"; draw.fillRect(0, 0, 360, 270);
  draw.fillStyle = "#fffdf7"; draw.fillRect(70, 14, 220, 242);
  draw.fillStyle = "#222"; draw.textAlign = "center"; draw.font = "700 20px serif"; draw.fillText("茶馆 TEA HOUSE", 180, 48);
  draw.font = "15px monospace";
  [["龙井 Longjing", "38.00"], ["桂花糕 Cake", "16.00"], ["瓜子 Seeds", "8.00"], ["", ""], ["合计 TOTAL", "62.00"]].forEach(([name, price], row) => {
    draw.textAlign = "left"; draw.fillText(name, 88, 92 + row * 30);
    draw.textAlign = "right"; draw.fillText(price, 272, 92 + row * 30);
  });
  draw.fillRect(88, 186, 184, 1);
}

function chart(draw) {
  draw.fillStyle = "#fff"; draw.fillRect(0, 0, 360, 270);
  draw.fillStyle = "#333"; draw.font = "600 17px sans-serif"; draw.fillText("2026", 24, 34);
  [[90, "Q1"], [130, "Q2"], [115, "Q3"], [178, "Q4"]].forEach(([height, name], index) => {
    const x = 40 + index * 78;
    draw.fillStyle = ["#7aa6d9", "#5b8cc8", "#3f72b3", "#06ad56"][index]; draw.fillRect(x, 232 - height, 52, height);
    draw.fillStyle = "#555"; draw.font = "14px sans-serif"; draw.fillText(name, x + 16, 254);
  });
}

function red(draw) {
  draw.fillStyle = "#dc2828"; draw.fillRect(0, 0, 360, 270);
}

export const SAMPLES = [["风景", "Landscape", landscape], ["小票", "Receipt", receipt], ["图表", "Chart", chart], ["纯红", "Plain red", red]];
