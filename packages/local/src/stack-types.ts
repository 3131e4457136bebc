import type { BedrockSimulator, OidcSimulator } from '@genai-gateway/simulators';
import type { Exit } from './daemon.ts';
import type { Providers } from './providers.ts';
import type { Upstream } from './upstream.ts';

/** One finished step of a start, for a line on the terminal. */
export interface Step {
  readonly name: string;
  readonly detail: string;
  readonly durationMs: number;
}

/** What {@link startStack} needs. Ports of 0 take any free one. */
export interface StackOptions {
  readonly stateDir: string;
  readonly port: number;
  readonly tlsPort: number;
  /** Default: the simulator. */
  readonly upstream?: Upstream;
  /** Virtual keys to make; none makes one of its own, the same at every start. */
  readonly keys?: readonly string[];
  readonly configFile?: string;
  /** A Postgres to use in place of the embedded one. LiteLLM's migrations are applied to it. */
  readonly databaseUrl?: string;
  /** Deletes the state first. */
  readonly reset?: boolean;
  /** Shows the gateway's log on this process's standard error as well. */
  readonly echoLog?: boolean;
  /** Where programs of the machine's platform are kept, shared between state folders. */
  readonly cacheDir?: string;
  /** Default: this process's environment. `REDIS_URL`, `LOG_LEVEL` and the AWS variables are read from it. */
  readonly env?: NodeJS.ProcessEnv;
  /** The gateway's entry point, for a gateway other than the repository's. */
  readonly gatewayMain?: string;
  /** Whether LiteLLM runs beside the gateway. Default: off. */
  readonly litellm?: 'on' | 'off';
  /** A Python, or the folder of a virtual environment, that holds the right LiteLLM. Default: one of the launcher's own. */
  readonly litellmPython?: string;
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal;
  readonly onStep?: (step: Step) => void;
  /** Something that a person should know and that stops nothing. */
  readonly onNotice?: (text: string) => void;
}

/** LiteLLM beside the gateway, which may still be getting ready. */
export interface StackLitellm {
  /** Its own address, for the gateway only: `http://127.0.0.1:24000`. */
  readonly url: string;
  readonly logFile: string;
  /** Settles with the seconds it took when LiteLLM first serves; rejects when it cannot be made to. */
  readonly ready: Promise<number>;
  /** Its Admin UI, through the gateway: `http://localhost:3000/ui/`. */
  readonly adminUi: string;
  readonly username: string;
  readonly password: string;
  /** Its process, when there is one at the moment. */
  pid(): number | undefined;
}

/** Everything running. */
export interface Stack {
  /** `http://localhost:3000` */
  readonly http: string;
  /** `https://localhost:3443` */
  readonly https: string;
  /** Path of the PEM file with the local authority's certificate. */
  readonly ca: string;
  readonly keys: readonly string[];
  readonly masterKey: string;
  readonly databaseUrl: string;
  /** Undefined: no Redis could be had. */
  readonly redisUrl: string | undefined;
  /** Keeps the sessions; tests that cut it stop its process. Undefined: it cannot be run here, and there is no chat history. */
  readonly dynamodb:
    | {
        readonly url: string;
        readonly pid: number;
        /** The variables of a gateway that keeps its sessions there. */
        readonly environment: Readonly<Record<string, string | undefined>>;
      }
    | undefined;
  /** Undefined unless the upstream is the simulator. */
  readonly simulator: BedrockSimulator | undefined;
  /** Where the functions take Lambda's own Invoke: `aws lambda invoke --endpoint-url …`. */
  readonly functions: string;
  /** Undefined: it is off, because nobody asked for it or because there is no Python. */
  readonly litellm: StackLitellm | undefined;
  /** What serves LiteLLM's models of OpenAI and SageMaker; undefined while LiteLLM is off. */
  readonly providers: Providers | undefined;
  /** Gives out the tokens that people log in with; undefined while LiteLLM is off, or where the environment names issuers. */
  readonly issuer: OidcSimulator | undefined;
  readonly gatewayLog: string;
  /** Settles when the gateway's process ends, by {@link Stack.stop} or by itself. */
  readonly gatewayExited: Promise<Exit>;
  /** Stops everything in order: gateway, LiteLLM, Postgres, Redis, DynamoDB, simulators. Safe to call twice. */
  stop(): Promise<void>;
  /** Ends every process at once. */
  kill(): void;
  /** Stops, then deletes the state folder and what Postgres may keep outside of it: for tests. */
  destroy(): Promise<void>;
}
