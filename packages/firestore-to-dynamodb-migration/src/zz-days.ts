export const days = (count: number) => Array.from({ length: count }, (_, day) => ({ date: `day-${day}`, fields: { trades: [{ pnl: day / 3 }] } }));
