/** Claiming money back without a bid: give the token up namelessly, show the refund token later. */

import { REFUND, BID } from '../bondkeys.js';
import { moment } from '../encoding.js';
import { giveUp, refund, signIn } from './custodian.js';
import { button, field, h, note, table } from './elements.js';
import { form } from './screen_lock.js';
import { clock, money, t } from './speech.js';

/** The part of the bond page about money back. */
export function claims(app) {
  const all = Object.entries(app.book.pages.tokens);
  const own = all.filter(([, held]) => held.purpose === BID && held.sigma !== null && held.denomination > 0 && (held.refund === null || app.book.pages.tokens[held.refund]?.sigma === null));
  const given = all.filter(([, held]) => held.purpose === REFUND);
  return h(
    'section',
    {},
    h('h2', {}, t('取回保证金', 'Claim money back')),
    h('p', {}, t('没有投标、已撤回或未开启的令牌可以交回。先匿名换成退款令牌，6 至 48 小时后再向托管方退款，使两者不能相互指认。', 'A token without a bid, withdrawn, or never opened can be given up. It is first exchanged, without a name, for a refund token; the claim follows 6 to 48 hours later, so that neither points at the other.')),
    own.length === 0 ? null : giveUpTable(app, own),
    given.length === 0 ? null : claimForm(app, given),
  );
}

function giveUpTable(app, own) {
  const rows = own.map(([name, held]) => [
    h('code', {}, name),
    money(held.denomination),
    held.tender ?? t('未使用', 'unused'),
    button(t('交回', 'Give up'), 'danger', (event) =>
      app.doing(event.currentTarget, async () => {
        await giveUp(app.means, name);
        app.show();
        document.getElementById('title').after(note('good', h('p', {}, t(`令牌 ${name} 已换成退款令牌。`, `Token ${name} is exchanged for a refund token.`))));
      }), { 'aria-label': t(`交回令牌 ${name}`, `Give up token ${name}`) }),
  ]);
  return table(t('可交回的令牌', 'Tokens that can be given up'), [t('令牌', 'Token'), t('面额', 'Amount'), t('用于', 'Serves'), t('交回', 'Give up')], rows);
}

function claimForm(app, given) {
  const { holder } = app.book.pages;
  const open = given.filter(([, held]) => held.state !== 'REFUNDED');
  const rows = given.map(([name, held]) => [h('code', {}, name), money(held.denomination), when(held), held.state === 'REFUNDED' ? t('托管方已受理', 'taken by the custodian') : t('待退款', 'to be claimed')]);
  const list = table(t('退款令牌', 'Refund tokens'), [t('令牌', 'Token'), t('面额', 'Amount'), t('可退款时间', 'To be claimed from'), t('状态', 'State')], rows);
  if (open.length === 0) return list;
  const remember = () => {
    Object.assign(holder, { uscc: uscc.input.value.trim().toUpperCase(), account: account.input.value.trim() });
    app.book.save();
  };
  const which = field('refund-token', t('退款令牌', 'Refund token'), { kind: 'select', options: open.map(([name]) => [name, name, false]) });
  const uscc = field('refund-uscc', t('统一社会信用代码', 'Unified social credit code'), { class: 'medium', value: holder.uscc ?? '', oninput: remember, autocomplete: 'off' });
  const account = field('refund-account', t('付款的基本账户', 'The basic account that paid'), { class: 'medium', value: holder.account ?? '', oninput: remember, autocomplete: 'off', inputmode: 'numeric' });
  const word = field('refund-word', t('托管方密码', 'Password at the custodian'), { type: 'password', class: 'medium', autocomplete: 'off' });
  const go = h('button', { type: 'submit', class: 'button second' }, t('退款', 'Claim'));
  const claim = () =>
    app.doing(
      go,
      async () => {
        const line = await signIn(app.addresses.custodian, uscc.input.value.trim().toUpperCase(), word.input.value);
        await app.record.follow();
        const answer = await refund(app.means, line, which.input.value, account.input.value.trim(), false);
        app.show();
        const day = answer.paid_on ?? t('待定', 'a day to come');
        document.getElementById('title').after(note('good', h('p', {}, t(`托管方已受理退款，本息退回原付款账户；付款日：${day}。`, `The custodian has taken the claim; principal and interest go back to the paying account. Day of payment: ${day}.`))));
      },
      'refund-word',
    );
  return h('div', {}, list, form(claim, which.box, uscc.box, account.box, word.box, h('div', { class: 'buttons' }, go)));
}

const when = (held) => (held.not_before === null ? '' : clock(moment(held.not_before)));
