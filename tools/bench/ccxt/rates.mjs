// SPDX-License-Identifier: MIT
// What a Node program would do with the same answer of one venue: JSON.parse,
// then ccxt's own parser over its rows. Those are given to it in the words of
// the exchange it parses them for, decimals as texts; to rename them is not
// timed. Prints lines as the other programs do: KEY median lower upper runs.
//
// usage: node rates.mjs CCXT-MODULE ANSWER
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const RUNS = 15;
const [module, answer] = process.argv.slice(2);
const { default: ccxt } = await import(pathToFileURL(module));
const body = readFileSync(answer, 'utf8');

function measure(key, work) {
	const times = [];

	for (let i = 0; i < RUNS; i++) {
		const start = process.cpuUsage();

		work();
		const took = process.cpuUsage(start);

		times.push((took.user + took.system) * 1000);
	}
	times.sort((a, b) => a - b);
	console.log(key, times[RUNS >> 1], times[RUNS >> 2],
		    times[RUNS * 3 >> 2], RUNS);
}

// "0.0000509659": the shortest text of the number, as a venue would send it.
function rows_of(rates) {
	return Object.entries(rates).map(([name, row]) => ({
		symbol: `${name}USDT`,
		lastFundingRate: row.funding_rate.toFixed(10),
		nextFundingTime: Date.parse(row.next_funding_time ?? '1970'),
		time: Date.parse(`${row.timestamp}Z`),
	}));
}

function market_of(name) {
	return { id: `${name}USDT`, symbol: `${name}/USDT:USDT`, base: name,
		 quote: 'USDT', settle: 'USDT', type: 'swap', swap: true,
		 linear: true, contract: true, spot: false, active: true,
		 precision: {}, limits: {}, info: {} };
}

const { rates } = JSON.parse(body);
const rows = rows_of(rates);
const exchange = new ccxt.binance();

exchange.setMarkets(Object.keys(rates).map(market_of));
const parsed = Object.keys(exchange.parseFundingRates(rows)).length;

if (parsed !== rows.length)
	throw new Error(`${parsed} of ${rows.length} rows were understood`);
measure('ccxt.json.ns', () => JSON.parse(body));
measure('ccxt.rates.ns', () => exchange.parseFundingRates(rows));
console.log('ccxt.rows', rows.length, 0, 0, 1);
console.log('ccxt.rss.kb', process.memoryUsage().rss >> 10, 0, 0, 1);
