import * as business from "../../services/base/metrics-contract/business.ts";
import { HTTP_DURATION, OPERATIONS } from "../../services/base/metrics-contract/process.ts";
import { DASHBOARDS, type RuleGroup } from "../model/alert.ts";
import { logsOf, query, RECENT_ERRORS, STATUS, TRAFFIC_BACK } from "./commands.ts";
import { ratio } from "./promql.ts";

const operation = (workload: string, name: string, outcome?: string): string =>
  `${OPERATIONS.name}{workload="${workload}",operation="${name}"${outcome === undefined ? "" : `,outcome="${outcome}"`}}`;
const orders = (outcome?: string, window = "10m"): string => `sum(rate(${operation("trading", "execute-trade", outcome)}[${window}]))`;
const registrations = (offset = ""): string => `sum(increase(${operation("user", "register", "ok")}[1h]${offset}))`;
const asked = `${HTTP_DURATION.name}_count{workload="gateway",route="/api/v1/trading/*",method="POST"}`;

/** What the business would notice first: money, orders, users. */
export const businessGroup: RuleGroup = {
  name: "business",
  component: "business",
  owner: "product",
  dashboard: DASHBOARDS.business,
  records: [],
  alerts: [
    {
      name: "LedgerImbalance",
      severity: "critical",
      expr: `max by (currency) (abs(${business.LEDGER_IMBALANCE.name})) > 0`,
      forSeconds: 0,
      keepFiringSeconds: 86_400,
      summary: "The ledger does not balance.",
      description: "All entries in {{ $labels.currency }} together are {{ $value | humanize }} off 0 (threshold 0).",
      runbook: {
        meaning: "Debits and credits do not add up to nothing, though the database refuses every transaction that does not balance.",
        impact: "Figures about money are wrong. Treat it as damage to the data or as tampering.",
        commands: [
          logsOf("financial", "1h"),
          "docker exec astra-dev-postgres-1 psql -U astra_admin -d astradb -c 'SELECT transaction_id, currency, sum(amount) FROM financial.ledger_entries GROUP BY 1, 2 HAVING sum(amount) <> 0'",
          STATUS,
        ],
        goBack: "Stop the financial service, keep the volume, and restore the last backup beside it to compare.",
      },
      test: {
        labels: { currency: "USD" },
        value: "10m",
        series: [{ series: `${business.LEDGER_IMBALANCE.name}{currency="USD"}`, bad: -0.01, good: 0 }],
      },
    },
    {
      name: "LedgerCheckStale",
      severity: "critical",
      expr: `time() - (max(${business.LEDGER_CHECKED_AT.name}) or vector(0)) > 900`,
      forSeconds: 300,
      summary: "Nobody checks the ledger.",
      description: "The ledger was last added up {{ $value | humanizeDuration }} ago (threshold 15 min).",
      runbook: {
        meaning: "The financial service is down, or cannot read its own tables.",
        impact: "None by itself; but an imbalance would not be seen.",
        commands: [STATUS, logsOf("financial"), query("ledger_checked_timestamp_seconds")],
        goBack: TRAFFIC_BACK,
      },
      test: {
        value: "15m 10s",
        series: [{ series: business.LEDGER_CHECKED_AT.name, bad: { perStep: 15, from: -910 }, good: { perStep: 15, from: -890 } }],
      },
    },
    {
      name: "KpisStale",
      severity: "warning",
      expr: `min(${business.KPI_AGE.name}) > 60`,
      forSeconds: 60,
      summary: "The business figures are old.",
      description: "The KPIs' data is {{ $value | humanizeDuration }} old (threshold 60 s).",
      runbook: {
        meaning: "The financial service cannot read its tables.",
        impact: "The dashboard shows old figures, and says how old.",
        commands: [STATUS, logsOf("financial"), "curl -s -H 'accept: application/json' http://127.0.0.1:8000/dashboard"],
        goBack: TRAFFIC_BACK,
      },
      test: { value: "1m 1s", series: [{ series: business.KPI_AGE.name, bad: 61, good: 59 }] },
    },
    {
      name: "TradingOrdersStopped",
      severity: "critical",
      expr: `(${orders("ok", "5m")} or vector(0)) == 0 and sum(rate(${asked}[5m])) > 0.1`,
      forSeconds: 300,
      summary: "No order is executed.",
      description: "Users send orders, and not one has been executed in 5 minutes.",
      runbook: {
        meaning: "Orders arrive and all are refused or fail.",
        impact: "Nobody can trade.",
        commands: [RECENT_ERRORS, query("sum by (outcome) (rate(service_operations_total{operation=\"execute-trade\"}[5m]))"), query("price_feed_breaker_open")],
        goBack: TRAFFIC_BACK,
      },
      test: {
        // A window that is not full yet counts as fewer.
        trueAfterSeconds: 165,
        series: [
          { series: operation("trading", "execute-trade", "ok"), bad: 0, good: { perStep: 1 } },
          { series: asked, bad: { perStep: 3 }, good: { perStep: 3 } },
        ],
      },
    },
    {
      name: "TradingRejectRatioHigh",
      severity: "warning",
      expr: `${ratio(orders("rejected"), orders())} > 0.3 and ${orders()} > 0.1`,
      forSeconds: 600,
      summary: "Many orders are refused.",
      description: "{{ $value | humanizePercentage }} of the orders are refused (threshold 30 %). To the SLO they are no errors.",
      runbook: {
        meaning: "Orders break a rule: balance, limits, symbol. After a release it may be the rule that is wrong.",
        impact: "Users cannot trade as they want.",
        commands: ["./astra logs trading --since 15m", STATUS, query("sum by (outcome) (rate(service_operations_total{operation=\"execute-trade\"}[10m]))")],
        goBack: TRAFFIC_BACK,
      },
      test: {
        value: "31%",
        trueAfterSeconds: 15,
        series: [
          { series: operation("trading", "execute-trade", "ok"), bad: { perStep: 69 }, good: { perStep: 71 } },
          { series: operation("trading", "execute-trade", "rejected"), bad: { perStep: 31 }, good: { perStep: 29 } },
        ],
      },
    },
    {
      name: "LoginsRefused",
      severity: "warning",
      expr: `sum(rate(${operation("user", "login", "rejected")}[5m])) > 5`,
      forSeconds: 300,
      summary: "Very many logins are refused.",
      description: "{{ $value | humanize }} logins a second are refused (threshold 5): somebody may be trying passwords.",
      runbook: {
        meaning: "Stolen lists of passwords are tried, or a client repeats a wrong one.",
        impact: "Logins of others may take longer, since each costs processor time.",
        commands: ["./astra logs user --since 5m", query("sum by (scope) (rate(gateway_rate_limited_total[5m]))"), STATUS],
        goBack: "Block the source before the edge; nothing of ours to take back.",
      },
      test: {
        value: "5.2",
        trueAfterSeconds: 300,
        series: [{ series: operation("user", "login", "rejected"), bad: { perStep: 78 }, good: { perStep: 72 } }],
      },
    },
    {
      name: "RegistrationsDropped",
      severity: "warning",
      expr: `${registrations()} / ${registrations(" offset 1d")} < 0.5 and ${registrations(" offset 1d")} > 20`,
      forSeconds: 1800,
      summary: "Far fewer users register than a day ago.",
      description: "Registrations come at {{ $value | humanizePercentage }} of the rate of the same hour yesterday (threshold 50 %).",
      runbook: {
        meaning: "Registration fails for some, or nobody comes.",
        impact: "New users may not get in.",
        commands: ["./astra logs user --since 1h", query("sum by (outcome) (rate(service_operations_total{operation=\"register\"}[1h]))"), "./astra test"],
        goBack: TRAFFIC_BACK,
      },
      test: {
        stepSeconds: 600,
        // A day at 60 an hour, then fewer: after the hour's window has passed.
        trueAfterSeconds: 90_000,
        edgeSteps: 2,
        value: "40%",
        series: [{ series: operation("user", "register", "ok"), bad: "0+10x144 1444+4x20", good: "0+10x144 1446+6x20" }],
      },
    },
    {
      name: "PriceFeedBreakerOpen",
      severity: "warning",
      expr: `max by (colour) (${business.PRICE_FEED_BREAKER_OPEN.name}) == 1`,
      forSeconds: 60,
      summary: "The price API is away.",
      description: "Trading of {{ $labels.colour }} goes on with its last prices until they are too old.",
      runbook: {
        meaning: "The price API failed in a row.",
        impact: "Orders are refused as soon as the last prices are too old.",
        commands: ["./astra logs trading --since 15m", "curl -s http://127.0.0.1:8000/api/v1/trading/prices", STATUS],
        goBack: "Set another price API, or wait; the breaker closes by itself.",
      },
      test: { labels: { colour: "blue" }, series: [{ series: `${business.PRICE_FEED_BREAKER_OPEN.name}{colour="blue"}`, bad: 1, good: 0 }] },
    },
    {
      name: "ChainOperationsWaiting",
      severity: "warning",
      expr: `max by (chain) (${business.CHAIN_OLDEST_OPERATION_AGE.name}) > 900`,
      forSeconds: 120,
      keepFiringSeconds: 300,
      summary: "Rewards and sales do not get onto their chain.",
      description: "The oldest mint or transfer for chain {{ $labels.chain }} has waited for {{ $value | humanizeDuration }} (threshold 15 min).",
      runbook: {
        meaning: "The node is away, the account has no money for fees, its key is not the contract's, or the contract refuses an operation.",
        impact: "Who owns what is right here, and not yet on the chain; sales are not confirmed. Nothing is lost: all of it is sent once the cause is gone.",
        commands: [
          logsOf("nft"),
          query("nft_chain_operations_open"),
          "docker exec astra-dev-postgres-1 psql -U astra_admin -d astradb -c \"SELECT id, state, attempts, last_error, wanted_at FROM nft.chain_operations WHERE state IN ('pending', 'submitted') ORDER BY seq LIMIT 10\"",
        ],
        goBack: "Nothing to take back: put the node, the account's money or the key in order.",
      },
      test: {
        labels: { chain: "evm" },
        value: "15m 1s",
        series: [{ series: `${business.CHAIN_OLDEST_OPERATION_AGE.name}{chain="evm"}`, bad: 901, good: 899 }],
      },
    },
  ],
};
