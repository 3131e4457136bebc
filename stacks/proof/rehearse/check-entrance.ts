import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { at, list } from '../json.ts';
import type { Check } from './check.ts';

/** The load balancer, from its address to the target group. */
export const entranceChecks: readonly Check[] = [
  {
    name: 'the load balancer in its subnets, with its security groups',
    look: async ({ elb }, made) => {
      const { LoadBalancers = [] } = await elb.send(new DescribeLoadBalancersCommand());
      return {
        expected: made
          .ofType('AWS::ElasticLoadBalancingV2::LoadBalancer')
          .map(({ id, properties }) => [
            id,
            properties['Scheme'],
            properties['Type'],
            properties['Subnets'],
            properties['SecurityGroups'],
          ]),
        found: LoadBalancers.map((each) => [
          each.LoadBalancerArn,
          each.Scheme,
          each.Type,
          each.AvailabilityZones?.map(({ SubnetId }) => SubnetId),
          each.SecurityGroups,
        ]),
      };
    },
  },
  {
    name: 'its listeners, with certificate and TLS policy',
    look: async ({ elb }, made) => {
      const expected = made.ofType('AWS::ElasticLoadBalancingV2::Listener').map(({ id, properties }) => ({
        id,
        port: properties['Port'],
        protocol: properties['Protocol'],
        policy: properties['SslPolicy'],
        certificate: at(properties, 'Certificates', 0, 'CertificateArn'),
        otherwise: list(properties, 'DefaultActions').map((each) => at(each, 'Type')),
      }));
      const [balancer] = made.ofType('AWS::ElasticLoadBalancingV2::LoadBalancer');
      const { Listeners = [] } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn: balancer?.id }));
      const found = Listeners.map((each) => ({
        id: each.ListenerArn,
        port: each.Port,
        protocol: each.Protocol,
        policy: each.Protocol === 'HTTPS' ? each.SslPolicy : undefined,
        certificate: each.Certificates?.[0]?.CertificateArn,
        otherwise: each.DefaultActions?.map(({ Type }) => Type),
      }));
      return { expected, found };
    },
  },
  {
    name: 'the rules of the listeners, each with its paths and its target group',
    look: async ({ elb }, made) => {
      const expected = made
        .ofType('AWS::ElasticLoadBalancingV2::ListenerRule')
        .map(({ properties }) => [
          properties['ListenerArn'],
          String(properties['Priority']),
          list(properties, 'Conditions').map((each) => at(each, 'PathPatternConfig', 'Values')),
          list(properties, 'Actions').map((each) => at(each, 'TargetGroupArn')),
        ]);
      const listeners = made.ofType('AWS::ElasticLoadBalancingV2::Listener').map(({ id }) => id);
      const answers = await Promise.all(
        listeners.map(async (ListenerArn) => {
          const { Rules = [] } = await elb.send(new DescribeRulesCommand({ ListenerArn }));
          return Rules.filter((each) => !each.IsDefault).map((each) => [
            ListenerArn,
            each.Priority,
            each.Conditions?.map(({ PathPatternConfig }) => PathPatternConfig?.Values),
            each.Actions?.map(({ TargetGroupArn }) => TargetGroupArn),
          ]);
        }),
      );
      return { expected, found: answers.flat() };
    },
  },
  {
    name: 'the target groups, of the gateway and of functions, each with its check of health',
    look: async ({ elb }, made) => {
      const { TargetGroups = [] } = await elb.send(new DescribeTargetGroupsCommand());
      const fields = [
        ...['Protocol', 'Port', 'TargetType', 'VpcId', 'HealthCheckPath', 'HealthCheckProtocol'],
        ...['HealthCheckIntervalSeconds', 'HealthCheckTimeoutSeconds', 'HealthyThresholdCount'],
        'UnhealthyThresholdCount',
      ];
      const groups = made.ofType('AWS::ElasticLoadBalancingV2::TargetGroup');
      // A group of a function has no port, and says nothing of its health; moto fills that in.
      const isSaid = (id: string | undefined, field: string) =>
        groups.some((each) => each.id === id && each.properties[field] !== undefined);
      return {
        expected: groups.map(({ id, properties }) => [
          id,
          fields.filter((each) => isSaid(id, each)).map((each) => [each, properties[each]]),
        ]),
        found: TargetGroups.map((group) => [
          group.TargetGroupArn,
          fields.filter((each) => isSaid(group.TargetGroupArn, each)).map((each) => [each, at(group, each)]),
        ]),
      };
    },
  },
];
