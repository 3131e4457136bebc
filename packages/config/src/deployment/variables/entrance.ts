import { certificateArn, cidr, flag, listOf, oneOf, text, whole } from '../variable-types.ts';

const domain = text(
  /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  'a name of small letters, figures, hyphens and dots, without a dot at its end',
);

/** How requests come in. */
export const entranceVariables = {
  USE_CLOUDFRONT: flag
    .default(true)
    .describe('Whether CloudFront stands in front. With the next two it chooses one of the four network scenarios.'),
  USE_ROUTE53: flag.default(false).describe('Whether clients call a name of your own in a hosted zone of Route 53.'),
  PUBLIC_LOAD_BALANCER: flag
    .default(true)
    .describe(
      'false: the load balancer is reached from private addresses alone, and there is no CloudFront (scenario 4).',
    ),
  HOSTED_ZONE_NAME: domain.optional().describe('The hosted zone, such as example.com. Scenarios 2, 3 and 4 need it.'),
  HOSTED_ZONE_ID: text(/^Z[A-Z0-9]{4,31}$/, 'the id of a hosted zone (Z…)')
    .optional()
    .describe('Its id; unset: it is looked up by its name, which needs credentials at deployment.'),
  RECORD_NAME: domain
    .optional()
    .describe('The name that clients call: the whole one (ai.example.com), or what stands before the zone (ai).'),
  CERTIFICATE_ARN: certificateArn
    .optional()
    .describe(
      "The certificate of that name: of us-east-1 in scenario 2, for CloudFront; of the deployment's region in 3 and 4.",
    ),
  ALB_CERTIFICATE_ARN: certificateArn
    .optional()
    .describe(
      "Scenario 2: the load balancer's certificate of the same name, of the deployment's region; unset: one is made, and validated in the zone.",
    ),
  CREATE_PRIVATE_HOSTED_ZONE_IN_EXISTING_VPC: flag
    .default(false)
    .describe(
      'Scenario 4 in an existing VPC: whether the private zone is made; false: it is there. For a new VPC it is always made.',
    ),
  ALLOWED_CIDRS: listOf(cidr)
    .default([])
    .describe(
      'Scenarios 3 and 4: the IPv4 blocks that may connect, comma-separated. Unset in 3: everybody; in 4: the VPC itself.',
    ),
  CLOUDFRONT_VPC_ORIGIN: flag
    .default(true)
    .describe(
      'Whether CloudFront reaches an internal load balancer through the VPC; false: a public one, which takes connections of CloudFront alone.',
    ),
  CLOUDFRONT_PRICE_CLASS: oneOf(['PriceClass_100', 'PriceClass_200', 'PriceClass_All'])
    .default('PriceClass_100')
    .describe('Which of its places CloudFront serves from: 100 is North America and Europe.'),
  CLOUDFRONT_READ_TIMEOUT_SECONDS: whole(1, 180)
    .default(60)
    .describe(
      "CloudFront's longest wait for a byte; an answer that is not streamed has to begin within it. More than 60 needs a higher quota of the account.",
    ),
  CLOUDFRONT_SECRET_GENERATION: whole(1, 1_000_000)
    .default(1)
    .describe('Count it up by one to rotate the secret between CloudFront and the load balancer.'),
  CLOUDFRONT_WAF: flag
    .optional()
    .describe(
      'Whether CloudFront has the web ACL of CLOUDFRONT_WEB_ACL_ARN; npm run deploy sets both. The load balancer has its own in any case.',
    ),
  CLOUDFRONT_WEB_ACL_ARN: text(
    /^arn:aws:wafv2:us-east-1:\d{12}:global\/webacl\/[\w-]{1,128}\/[0-9a-f-]{36}$/,
    'the ARN of a web ACL for CloudFront (arn:aws:wafv2:us-east-1:<account>:global/webacl/…)',
  )
    .optional()
    .describe('A web ACL for CloudFront, which lives in us-east-1 whatever the region of the deployment.'),
  WAF_RATE_LIMIT: whole(10, 2_000_000_000)
    .default(2_000)
    .describe('Requests that one address may send within five minutes; more are refused until it is fewer.'),
};
