/** The part of the steps about a submission without receipt: the file for the witness, and its word. */

import { unb64u } from '../encoding.js';
import { Refusal } from '../errors.js';
import { keepWord, readWord, wordsOf } from './dropping.js';
import { button, field, fill, h, hand, note } from './elements.js';
import { form } from './screen_lock.js';
import { clock, t } from './speech.js';

/** What can be done with a version that has no receipt. */
export function dropPart(app, version) {
  const { tender } = app.terms;
  const said = h('div', {});
  const isKept = wordsOf(version).length > 0;
  if (isKept) tell(app, version, said);
  const file = field('word-file', t('见证人的凭证', "The witness's word"), { type: 'file', accept: '.json,application/json', hint: t('见证人答复的文件；在此核对其签名后保存。', 'The file that the witness answered; its signature is checked here, then it is kept.') });
  const go = h('button', { type: 'submit', class: 'button second' }, t('核对并保存凭证', 'Check and keep the word'));
  const take = () =>
    app.doing(
      go,
      async () => {
        if (file.input.files.length === 0) throw new Refusal('no-file', '选择见证人的凭证文件', "Choose the file of the witness's word");
        await keepWord(app.means, version, new Uint8Array(await file.input.files[0].arrayBuffer()));
        app.show();
        document.getElementById('title').focus();
      },
      'word-file',
    );
  const save = button(t('保存已签名的提交', 'Keep the signed submission'), 'second', () => hand(`submission-${tender}-${version.seq}.json`, unb64u(version.act), 'application/json'));
  return h(
    'details',
    { open: isKept },
    h('summary', {}, t('没有回执：留存于见证机构', 'No receipt: leave it with the witness')),
    said,
    h('p', {}, t('平台拒收或没有应答时，把已签名的提交交给见证机构（其地址的 /drop，或用客户端程序 bid drop）。其中没有投标人名称；见证机构签名写明收到的时间，可交监督部门作证。本页只与匿名主机和托管方通信，因此由您转交。', 'Where the platform refuses or does not answer, hand the signed submission to the witness (/drop at its address, or bid drop of the client program). It names no bidder; the witness signs when it came, which the supervisor takes as evidence. This page speaks to the anonymous host and the custodian alone, so you carry it.')),
    h('div', { class: 'buttons' }, save),
    form(take, file.box, h('div', { class: 'buttons' }, go)),
  );
}

/** Whose word was checked here, and of which witnesses of the trust file there is none. */
function tell(app, version, place) {
  Promise.all(wordsOf(version).map((one) => readWord(app.trust, version, one)))
    .then((said) => {
      const silent = app.trust.witnesses.map((key) => key.name).filter((name) => said.every(({ witness }) => witness !== name));
      const lines = said.map(({ witness, at }) => h('p', {}, t(`${witness} 已于 ${clock(at)} 收存此份提交。`, `${witness} has kept this submission at ${clock(at)}.`)));
      const rest = h('p', {}, t(`信任文件中另有 ${silent.join('、')}，没有其凭证；一个见证机构的凭证已足以作证。`, `The trust file also names ${silent.join(', ')}, whose word is not here; the word of one witness is evidence enough.`));
      fill(place, note('good', lines, silent.length > 0 ? rest : null));
    })
    .catch((cause) => app.fail(cause));
}
