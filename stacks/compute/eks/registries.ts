/**
 * Accounts of the EKS team whose ECR holds its images, for the regions where it is not the usual one.
 * Source: https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html (read 2026-11-23 in the sources of the guide).
 */
const accounts: Readonly<Record<string, string>> = {
  'af-south-1': '877085696533',
  'ap-east-1': '800184023465',
  'ap-south-2': '900889452093',
  'ap-southeast-3': '296578399912',
  'ap-southeast-4': '491585149902',
  'ap-southeast-6': '333609536671',
  'ap-southeast-7': '121268973566',
  'ca-west-1': '761377655185',
  'eu-central-2': '900612956339',
  'eu-south-1': '590381155156',
  'eu-south-2': '455263428931',
  'il-central-1': '066635153087',
  'me-central-1': '759879836304',
  'me-south-1': '558608220178',
  'mx-central-1': '730335286997',
};
const usualAccount = '602401143452';

/** The registry of images of the EKS team in a region of AWS's commercial partition. */
export function eksRegistry(region: string): string {
  return `${accounts[region] ?? usualAccount}.dkr.ecr.${region}.amazonaws.com`;
}
