import { at, fieldsAt, textAt } from '../../kube/fields';
import { itemsAt } from '../inventory/inventory';
import { type Found, type Rule, rule } from '../model/rule';

/** Days of each month, in leap years. */
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
/** Largest value of each field of a schedule: minute, hour, day of the month, month, day of the week. */
const LARGEST = [59, 23, 31, 12, 7];
const WORD = /^[\d*?,/A-Za-z#LW-]+$/;

/** A schedule that never comes, such as 30 February, or one that KEDA cannot read: the API server checks neither. */
export const scheduleNever: Rule = rule('SCHEDULE_NEVER', 'error', 'Name a date that there is.', (all) => [
  ...all.ofKind('CronJob').flatMap((object) => neverIn(object, 'spec.schedule', at(object, 'spec', 'schedule'))),
  ...all.ofKind('ScaledObject').flatMap(inTriggers),
  ...all.ofKind('Job').flatMap((object) => deadline(object, 'spec')),
  ...all.ofKind('CronJob').flatMap((object) => deadline(object, 'spec.jobTemplate.spec')),
]);

function neverIn(object: Found['object'], path: string, schedule: unknown): readonly Found[] {
  const fields = String(schedule).trim().split(/\s+/);
  const [, , day = '', month = '', weekday = ''] = fields;
  // With a day of the week, either of the two is enough.
  if (fields.length !== 5 || !/^[*?]$/.test(weekday) || !/^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/.test(day)) return [];
  const first = Math.min(...day.split(/[,-]/).map(Number));
  const months = month.split(',').map((one) => (/^\d+$/.test(one) ? Number(one) : MONTHS.indexOf(one.toUpperCase()) + 1));
  if (months.some((one) => !(one >= 1 && one <= 12)) || months.some((one) => first <= (DAYS[one - 1] ?? 31))) return [];
  return [{ object, path, message: 'the date never comes', got: schedule, expected: 'a day that the month has' }];
}

/** A Job that may run for no time at all, or a limit of its pods that its own cuts short. */
function deadline(object: Found['object'], path: string): readonly Found[] {
  const steps = path.split('.');
  const [own, pods] = [
    at(object, ...steps, 'activeDeadlineSeconds'),
    at(object, ...steps, 'template', 'spec', 'activeDeadlineSeconds'),
  ];
  const where = { object, path: `${path}.activeDeadlineSeconds`, got: own };
  if (own === 0) return [{ ...where, message: 'the Job is stopped before it has begun', expected: 'more than 0' }];
  if (typeof own !== 'number' || typeof pods !== 'number' || own >= pods) return [];
  return [
    { ...where, message: 'the Job is stopped before the limit of its pods', expected: `at least ${pods}`, severity: 'warning' },
  ];
}

/** Triggers of KEDA on a schedule: its operator reports a mistake only in its log. */
function inTriggers(object: Found['object']): readonly Found[] {
  return itemsAt(object, 'spec', 'triggers').flatMap((trigger, index): readonly Found[] => {
    if (trigger.type !== 'cron') return [];
    const metadata = fieldsAt(trigger, 'metadata');
    const place = `spec.triggers[${index}].metadata`;
    const zone = textAt(metadata, 'timezone');
    return [
      ...(zone === undefined || isZone(zone)
        ? []
        : [
            {
              object,
              path: `${place}.timezone`,
              message: 'there is no such time zone',
              got: zone,
              expected: 'a zone such as Europe/Berlin',
            },
          ]),
      ...['start', 'end'].flatMap((name): readonly Found[] => {
        const got = textAt(metadata, name);
        if (got === undefined || isSchedule(got)) return got === undefined ? [] : neverIn(object, `${place}.${name}`, got);
        return [
          {
            object,
            path: `${place}.${name}`,
            message: 'the schedule cannot be read',
            got,
            expected: 'five fields such as "0 8 * * 1-5"',
          },
        ];
      }),
      ...(metadata.start !== undefined && metadata.start === metadata.end
        ? [
            {
              object,
              path: `${place}.end`,
              message: 'it ends when it starts',
              got: metadata.end,
              expected: 'another time than start',
            },
          ]
        : []),
    ];
  });
}

function isSchedule(text: string): boolean {
  const fields = text.trim().split(/\s+/);
  return (
    fields.length === 5 &&
    fields.every(
      (field, index) =>
        WORD.test(field) && field.split(/[,/-]/).every((part) => !/^\d+$/.test(part) || Number(part) <= (LARGEST[index] ?? 0)),
    )
  );
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
