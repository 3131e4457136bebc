/* Reasons that several tables of options share, each said once. */

/** Retries and timeouts. */
export const tries =
  'how often and when to try: the hot path has its own rules, and a call does not mean more or less for it';
/** Choosing a deployment. */
export const choice = 'chooses among several deployments, which LiteLLM serves anyway';
/** Connections. */
export const connection = "where LiteLLM's own parts are";
/** Management. */
export const management = 'concerns keys, users and the Admin UI';
/** Logs and metrics. */
export const observing = 'what LiteLLM itself logs and reports; without a callback nobody gets it';
/** Routes. */
export const notServed = 'routes that the hot path does not serve';
/** Alerts. */
export const alert = 'sends alerts and stops no call';
/** Load. */
export const ownLoad = "limits of LiteLLM's own process";
