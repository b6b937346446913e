import type { ReactNode } from "react";
import type { Cover } from "@/lib/giving/campaign/rules";

/** The colours of one picture, from far to near. */
export interface Palette {
  readonly sky: string;
  readonly light: string;
  readonly far: string;
  readonly middle: string;
  readonly near: string;
  readonly dark: string;
}

/** Each motif is drawn on 640 × 360, over the sky. `shift` moves what may stand elsewhere, 0 to 1. */
type Motif = (palette: Palette, shift: number) => ReactNode;

/** 0, 1, 2 … below `count`: what a row of things is numbered by. */
const upTo = (count: number): readonly number[] => [...Array(count).keys()];
const ground = (fill: string, y: number, rise: number): ReactNode => (
  <path
    d={`M0 ${y}C120 ${y - rise} 220 ${y + rise / 2} 330 ${y - rise / 2}S540 ${y - rise} 640 ${y - rise / 4}V360H0Z`}
    fill={fill}
  />
);
const sun = (palette: Palette, shift: number, y = 92, r = 40): ReactNode => (
  <circle cx={90 + shift * 460} cy={y} r={r} fill={palette.light} />
);
const tree = (x: number, y: number, size: number, fill: string, trunk: string): ReactNode => (
  <g key={`${x}-${y}`}>
    <rect x={x - size * 0.06} y={y - size * 0.4} width={size * 0.12} height={size * 0.4} fill={trunk} />
    <circle cx={x} cy={y - size * 0.72} r={size * 0.4} fill={fill} />
  </g>
);
const fir = (x: number, y: number, size: number, fill: string): ReactNode => (
  <path
    key={`${x}-${y}`}
    d={`M${x} ${y - size}l${size * 0.26} ${size * 0.45}h${-size * 0.12}l${size * 0.2} ${size * 0.4}h${-size * 0.68}l${size * 0.2} ${-size * 0.4}h${-size * 0.12}Z`}
    fill={fill}
  />
);
const house = (x: number, y: number, w: number, h: number, wall: string, roof: string, light: string): ReactNode => (
  <g key={`${x}-${y}`}>
    <rect x={x} y={y - h} width={w} height={h} fill={wall} />
    <path d={`M${x - w * 0.1} ${y - h}L${x + w / 2} ${y - h - w * 0.42}L${x + w * 1.1} ${y - h}Z`} fill={roof} />
    <rect x={x + w * 0.2} y={y - h * 0.72} width={w * 0.2} height={h * 0.28} fill={light} />
    <rect x={x + w * 0.6} y={y - h * 0.72} width={w * 0.2} height={h * 0.28} fill={light} />
  </g>
);

export const MOTIFS: Readonly<Record<Cover, Motif>> = {
  hills: (p, s) => (
    <>
      {sun(p, s)}
      {ground(p.far, 210, 90)}
      {ground(p.middle, 262, 60)}
      {house(150 + s * 260, 268, 64, 44, p.light, p.dark, p.near)}
      {ground(p.near, 310, 44)}
      {[70, 108, 560, 596].map((x) => tree(x, 322, 76, p.dark, p.dark))}
    </>
  ),
  river: (p, s) => (
    <>
      {sun(p, 1 - s, 100)}
      {ground(p.far, 190, 70)}
      {ground(p.middle, 230, 40)}
      <path d="M300 222c60 22-90 36-40 62s180 20 150 76H150c-60-44 80-58 70-88s40-28 80-50Z" fill={p.light} />
      <path
        d="M286 262c40 10 60 14 84 32M250 304c50 4 80 10 112 26"
        fill="none"
        stroke={p.far}
        strokeWidth="4"
        strokeLinecap="round"
      />
      {[60, 104, 150, 500, 552, 600].map((x, at) => fir(x, 300 + (at % 2) * 22, 92, p.dark))}
    </>
  ),
  school: (p, s) => (
    <>
      {sun(p, s, 84, 34)}
      {ground(p.far, 240, 60)}
      <rect x="170" y="168" width="300" height="122" fill={p.light} />
      <path d="M150 170 320 96l170 74Z" fill={p.dark} />
      <circle cx="320" cy="142" r="17" fill={p.light} />
      <path d="M320 142v-10M320 142h8" stroke={p.dark} strokeWidth="3" strokeLinecap="round" />
      {[196, 246, 366, 416].map((x) => (
        <rect key={x} x={x} y="196" width="30" height="38" fill={p.middle} />
      ))}
      <rect x="298" y="226" width="44" height="64" fill={p.near} />
      {ground(p.near, 300, 26)}
      {[96, 552].map((x) => tree(x, 304, 104, p.middle, p.dark))}
    </>
  ),
  library: (p, s) => (
    <>
      <rect x="0" y="296" width="640" height="64" fill={p.near} />
      {[0, 1, 2].map((row) => (
        <g key={row}>
          <rect x="96" y={112 + row * 88} width="448" height="9" fill={p.dark} />
          {upTo(15).map((at) => {
            const height = 44 + ((at * 37 + row * 53 + Math.round(s * 40)) % 26);
            const fill = [p.middle, p.far, p.near, p.light, p.dark][(at * 3 + row * 2) % 5];
            const lean = (at + row * 4) % 7 === 3;
            return (
              <rect
                key={at}
                x={104 + at * 29}
                y={112 + row * 88 - height}
                width={21}
                height={height}
                fill={fill}
                {...(lean ? { transform: `rotate(9 ${104 + at * 29} ${112 + row * 88})` } : {})}
              />
            );
          })}
        </g>
      ))}
    </>
  ),
  garden: (p, s) => (
    <>
      {sun(p, s, 84)}
      {ground(p.far, 214, 54)}
      <rect x="0" y="236" width="640" height="124" fill={p.near} />
      {upTo(9).map((at) => (
        <g key={at}>
          <path
            d={`M${48 + at * 68} 318V${200 + (at % 3) * 20}`}
            stroke={p.dark}
            strokeWidth="6"
            strokeLinecap="round"
          />
          <path
            d={`M${48 + at * 68} 284c-24-2-28-20-28-20s22-4 28 20Zm0-22c24-2 28-20 28-20s-22-4-28 20Z`}
            fill={p.dark}
          />
          <circle cx={48 + at * 68} cy={196 + (at % 3) * 20} r={15 + (at % 2) * 5} fill={at % 2 ? p.light : p.middle} />
          <circle cx={48 + at * 68} cy={196 + (at % 3) * 20} r="6" fill={p.dark} />
        </g>
      ))}
      {ground(p.middle, 340, 16)}
    </>
  ),
  kitchen: (p, s) => (
    <>
      <rect x="0" y="262" width="640" height="98" fill={p.near} />
      <rect x="0" y="262" width="640" height="12" fill={p.dark} />
      <path d="M206 168h228v66a28 28 0 0 1-28 28H234a28 28 0 0 1-28-28Z" fill={p.middle} />
      <rect x="194" y="156" width="252" height="16" rx="8" fill={p.dark} />
      <path d="M194 196h-26M446 196h26" stroke={p.dark} strokeWidth="12" strokeLinecap="round" />
      {[262, 320, 378].map((x, at) => (
        <path
          key={x}
          d={`M${x} 138c-14-18 14-28 0-48s${at % 2 ? 12 : -12}-24 0-40`}
          fill="none"
          stroke={p.light}
          strokeWidth="9"
          strokeLinecap="round"
        />
      ))}
      <path d={`M${60 + s * 20} 262c0-34 76-34 76 0Z`} fill={p.light} />
      <circle cx="536" cy="238" r="25" fill={p.far} />
      <circle cx="580" cy="242" r="21" fill={p.light} />
      <path d="M536 214q4-14 16-16" fill="none" stroke={p.dark} strokeWidth="5" strokeLinecap="round" />
    </>
  ),
  clinic: (p, s) => (
    <>
      {sun(p, s, 80, 32)}
      {ground(p.far, 226, 60)}
      {house(70, 296, 96, 66, p.far, p.dark, p.light)}
      <rect x="206" y="136" width="228" height="160" fill={p.light} />
      <rect x="196" y="122" width="248" height="16" fill={p.dark} />
      <path d="M302 160h36v-1M320 154v60M290 184h60" stroke={p.middle} strokeWidth="20" />
      <rect x="300" y="236" width="40" height="60" fill={p.dark} />
      {[228, 382].map((x) => (
        <rect key={x} x={x} y="232" width="36" height="34" fill={p.far} />
      ))}
      {ground(p.near, 304, 22)}
      {[498, 560].map((x, at) => tree(x, 306, 96 - at * 14, p.middle, p.dark))}
    </>
  ),
  bridge: (p, s) => (
    <>
      {sun(p, s, 92)}
      {ground(p.far, 216, 76)}
      <rect x="0" y="262" width="640" height="98" fill={p.light} />
      <path d="M0 218h640v20H0Z" fill={p.dark} />
      <path
        d="M40 238a120 96 0 0 1 240 0h40a120 96 0 0 1 240 0h80v62h-80a120 86 0 0 0-240 0h-40a120 86 0 0 0-240 0H0v-62Z"
        fill={p.middle}
      />
      {upTo(17).map((at) => (
        <rect key={at} x={8 + at * 39} y="196" width="5" height="24" fill={p.dark} />
      ))}
      <rect x="0" y="192" width="640" height="6" fill={p.dark} />
      <path d="M60 326h120M250 340h160M470 322h110" stroke={p.far} strokeWidth="5" strokeLinecap="round" />
    </>
  ),
  workshop: (p, s) => (
    <>
      <rect x="0" y="276" width="640" height="84" fill={p.near} />
      <rect x="60" y="252" width="520" height="24" fill={p.dark} />
      <rect x="96" y="276" width="26" height="84" fill={p.dark} />
      <rect x="518" y="276" width="26" height="84" fill={p.dark} />
      {[
        [214 + s * 20, 176, 56],
        [322 + s * 20, 140, 36],
      ].map(([x = 0, y = 0, r = 0]) => (
        <g key={x}>
          {upTo(10).map((at) => (
            <rect
              key={at}
              x={x - r * 0.17}
              y={y - r * 1.3}
              width={r * 0.34}
              height={r * 0.5}
              fill={p.middle}
              transform={`rotate(${at * 36} ${x} ${y})`}
            />
          ))}
          <circle cx={x} cy={y} r={r} fill={p.middle} />
          <circle cx={x} cy={y} r={r * 0.42} fill={p.sky} />
        </g>
      ))}
      <path d="m430 252 34-120" stroke={p.dark} strokeWidth="14" strokeLinecap="round" />
      <path d="m434 112 72 20-8 30-72-20Z" fill={p.far} />
      <path d="M84 92h120M84 92v34m40-34v52m40-52v28m40-28v60" stroke={p.dark} strokeWidth="6" strokeLinecap="round" />
    </>
  ),
  harbour: (p, s) => (
    <>
      {sun(p, 1 - s, 96, 44)}
      {ground(p.far, 214, 40)}
      <rect x="0" y="232" width="640" height="128" fill={p.middle} />
      <path d="M296 250V92l104 140H300" fill={p.light} />
      <path d="M284 112v120h-66Z" fill={p.near} />
      <path d="M292 78v172" stroke={p.dark} strokeWidth="7" strokeLinecap="round" />
      <path d="M196 246h216l-30 44H228Z" fill={p.dark} />
      <path d="M0 300q27-14 54 0t54 0 54 0 54 0 54 0 54 0 54 0 54 0 54 0 54 0 54 0 54 0v60H0Z" fill={p.near} />
      <path d="M0 328q27-14 54 0t54 0 54 0 54 0 54 0 54 0 54 0 54 0 54 0 54 0 54 0 54 0v32H0Z" fill={p.dark} />
      <path d="M540 232v-78h32v78Z" fill={p.light} />
      <path d="M534 154h44l-10-26h-24Z" fill={p.dark} />
    </>
  ),
  forest: (p, s) => (
    <>
      {sun(p, s, 88, 36)}
      {upTo(15).map((at) => fir(at * 46, 250 - ((at * 7) % 3) * 10, 130 + ((at * 5) % 4) * 14, p.far))}
      <rect x="0" y="246" width="640" height="114" fill={p.far} />
      {upTo(10).map((at) => fir(22 + at * 68, 306 - ((at * 5) % 3) * 8, 144 + ((at * 3) % 4) * 16, p.middle))}
      <rect x="0" y="302" width="640" height="58" fill={p.middle} />
      {[30, 128, 470, 556, 624].map((x, at) => fir(x, 352, 170 + (at % 2) * 24, p.dark))}
      {ground(p.dark, 350, 16)}
    </>
  ),
  observatory: (p, s) => (
    <>
      {upTo(34).map((at) => (
        <circle
          key={at}
          cx={(at * 97 + s * 200) % 640}
          cy={(at * 53) % 200}
          r={at % 5 === 0 ? 3.4 : 1.8}
          fill={p.light}
        />
      ))}
      {ground(p.far, 262, 80)}
      <path d="M252 262a70 70 0 0 1 140 0Z" fill={p.light} />
      <path d="m316 196 58-74 16 12-48 82Z" fill={p.near} />
      <rect x="246" y="258" width="152" height="56" fill={p.middle} />
      <rect x="306" y="276" width="32" height="38" fill={p.dark} />
      {ground(p.near, 318, 40)}
      {[90, 130, 530].map((x) => fir(x, 330, 88, p.dark))}
    </>
  ),
};
