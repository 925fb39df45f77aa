import { ar, de, el, en, es, fr, ja, ko, type LocaleDefinition, ne, pt_BR, ru, tr, vi, zh_CN } from '@faker-js/faker';

/** The words, names and formats of one language. */
export interface Language {
  code: string;
  /** Share of the contacts, in percent. */
  share: number;
  /** The faker locales for names and vocabulary. */
  locale: LocaleDefinition;
  /** Everyday words, most frequent first: the head of the Zipf curve. The words of faker follow. */
  common: string;
  /** Whole messages of a few characters, separated by `|`. */
  replies: string;
  /** The word for an order, before its number. */
  order: string;
  /** `#` is any digit. */
  phones: string[];
  /** Separators between words, after a clause and after a sentence. English style if absent. */
  marks?: { space: string; comma: string; stop: string; question: string };
}

const WIDE = { space: '', comma: '，', stop: '。', question: '？' };

/** The languages of the data set. English has by far the largest share. Shares add up to 100. */
export const languages: readonly Language[] = [
  {
    code: 'en',
    share: 56,
    locale: en,
    common:
      "the to you I a and is it of that in we for on can have be will do me your this are not with at so just if my was but what when I'm it's don't they there about get good would know up time or how from as he she all one like today tomorrow need here call order want please think see back could let meeting send home new work our week still come going thanks really sure tonight after maybe before price right already yesterday delivery next people morning help soon address invoice happy dinner café train number great sorry",
    replies:
      'ok|OK|yes|no|Thanks!|thx|lol|sure|On my way|brb|k|haha|good morning|see you|Great, thank you|done|?|Perfect.|np|call me',
    order: 'order',
    phones: [
      '+1 (###) ###-####',
      '(###) ###-####',
      '###-###-####',
      '+1-###-###-####',
      '020 #### ####',
      '+44 7### ######',
      '1##########',
    ],
  },
  {
    code: 'es',
    share: 8,
    locale: es,
    common:
      'de que no la el y en lo un por los con para es una me se te si más está qué pero como mañana muy bien ya hoy tengo gracias también cuándo hasta aquí sí después pedido días año niño señora casa trabajo entonces reunión dirección mejor nada vamos quiero puedes hacer porque dónde noche tarde semana corazón',
    replies: 'ok|vale|sí|no|¡Gracias!|De nada|jajaja|buenos días|ahora voy|perfecto|mañana te digo|¿qué tal?|besos',
    order: 'pedido',
    phones: ['+34 6## ### ###', '+34 9########', '6## ## ## ##', '0034 6########'],
  },
  {
    code: 'fr',
    share: 6,
    locale: fr,
    common:
      "de je la le pas et à les que un est il en une ça pour c'est on vous ne des tu qui dans mais plus bien tout avec très demain merci déjà où être aujourd'hui peut-être après commande même été rendez-vous semaine bientôt hôtel garçon maison près j'ai sœur adresse réunion soir matin train toujours vraiment",
    replies: 'ok|oui|non|Merci !|d’accord|à demain|mdr|ça marche|j’arrive|bonne nuit|très bien|désolé',
    order: 'commande',
    phones: ['+33 6 ## ## ## ##', '06 ## ## ## ##', '01.##.##.##.##', '+336########'],
  },
  {
    code: 'de',
    share: 6,
    locale: de,
    common:
      'ich die und der das ist nicht du es zu wir in ein sie mit auf ja für den was haben morgen so bitte heute noch kann auch wie schon gut dann aber über später nächste Woche können müssen schön grüße Straße Bestellung Uhr Termin größer hätte würde zurück Tür Mädchen abends früh natürlich gerne Rechnung Lieferung wirklich vielleicht',
    replies: 'ok|ja|nein|Danke!|bis morgen|passt|alles klar|bin gleich da|Gute Nacht|schönen Tag noch|genau|hm',
    order: 'Bestellung',
    phones: ['+49 15# ########', '0## #######', '0151/########', '(0###) ######', '+49-30-########'],
  },
  {
    code: 'pt',
    share: 5,
    locale: pt_BR,
    common:
      'que de não o a e um eu para é você com uma se na por mais está bem muito obrigado amanhã hoje também já quando até aqui depois pedido coração reunião às só então você avó irmã manhã noite preço endereço trabalho semana fazer posso vamos porque onde sim tudo gente',
    replies: 'ok|sim|não|Obrigada!|kkkk|tá bom|bom dia|já vou|beleza|até amanhã|blz',
    order: 'pedido',
    phones: ['+55 (##) 9####-####', '(##) 9####-####', '+351 9## ### ###', '## #########'],
  },
  {
    code: 'ru',
    share: 4,
    locale: ru,
    common:
      'и в не на я что с это как по у мы а то за завтра сегодня да нет привет спасибо когда можно если уже ещё очень хорошо заказ ты вы он она они был была будет нужно надо потом дома работа время день неделя адрес встреча вечером утром пожалуйста ладно конечно поезд деньги',
    replies: 'ок|да|нет|Спасибо!|ага|привет|доброе утро|скоро буду|понял|хорошо|))',
    order: 'заказ',
    phones: ['+7 (9##) ###-##-##', '8 9## ### ## ##', '8(9##)###-##-##', '+79#########'],
  },
  {
    code: 'ar',
    share: 3,
    locale: ar,
    common:
      'في من على أن إلى هذا لا ما هل كان مع أنا أنت اليوم غدا شكرا نعم كيف متى الآن بعد قبل طلب موعد البيت العمل الوقت صباح مساء جدا كل يوم أسبوع سعر عنوان لكن عندي ممكن إن شاء الله',
    replies: 'نعم|لا|شكرا|تمام|صباح الخير|في الطريق|حسنا|إن شاء الله|ههههه',
    order: 'طلب',
    phones: ['+20 1## ### ####', '+966 5# ### ####', '05########', '+971-50-#######'],
    marks: { space: ' ', comma: '،', stop: '.', question: '؟' },
  },
  {
    code: 'hi',
    share: 3,
    locale: ne,
    common:
      'है के में की से का को और हैं नहीं यह पर मैं हम आप क्या कल आज भी तो कर हो था ने एक कब कहाँ घर काम समय ऑर्डर धन्यवाद अच्छा ठीक जी बहुत अभी फिर सुबह शाम बात लोग पैसा पता मिलते करेंगे चाहिए होगा दोस्त खाना',
    replies: 'हाँ|नहीं|धन्यवाद|ठीक है|नमस्ते|आता हूँ|अच्छा|शुभ रात्रि|ok',
    order: 'ऑर्डर',
    phones: ['+91 ##### #####', '0##########', '+91-##########', '##### #####'],
    marks: { space: ' ', comma: ',', stop: '।', question: '?' },
  },
  {
    code: 'zh',
    share: 3,
    locale: zh_CN,
    common:
      '我 你 的 了 是 不 在 好 我们 这个 明天 今天 有 就 也 都 可以 什么 时候 吗 没有 知道 谢谢 订单 一起 吃饭 公司 回家 已经 会 去 来 说 看 想 要 还 很 现在 晚上 早上 电话 地址 价格 快递 会议 朋友 时间 下周 北京 上海',
    replies: '好的|嗯|谢谢|收到|哈哈哈|早上好|马上到|没问题|在吗|好',
    order: '订单',
    phones: ['+86 1## #### ####', '1##########', '010-########', '+861##########'],
    marks: WIDE,
  },
  {
    code: 'ja',
    share: 3,
    locale: ja,
    common:
      'の は に を が です ます で と も 今日 明日 私 から まで ありがとう ございます した 時間 注文 会議 電話 お願いします よろしく 大丈夫 行きます 東京 駅 仕事 昨日 少し 本当に カメラ メール 確認 ください ちょっと コーヒー 朝 夜 来週 家',
    replies: 'はい|いいえ|ありがとう！|了解です|おはよう|今行きます|大丈夫です|笑|うん|お疲れ様です',
    order: '注文',
    phones: ['+81 90-####-####', '090-####-####', '03-####-####', '080########'],
    marks: { space: '', comma: '、', stop: '。', question: '？' },
  },
  {
    code: 'ko',
    share: 2,
    locale: ko,
    common:
      '저는 오늘 내일 그리고 네 아니요 감사합니다 주문 시간 회의 지금 우리 집에 어디 언제 정말 조금 같이 전화 주소 가격 다음 주에 아침 저녁 먹었어요 있어요 없어요 해요 갈게요 괜찮아요 친구 회사 서울에서 사람이 그런데 너무 좋아요',
    replies: '네|아니요|감사합니다|ㅋㅋㅋ|안녕하세요|지금 가요|알겠습니다|좋아요',
    order: '주문',
    phones: ['+82 10-####-####', '010-####-####', '02-###-####', '010########'],
  },
  {
    code: 'tr',
    share: 1,
    locale: tr,
    common:
      'bir ve bu için ne de çok ben var yok daha iyi mi kadar sonra bugün yarın teşekkürler İstanbul ışık sipariş değil güzel şimdi akşam sabah iş ev adres fiyat toplantı görüşürüz olur tamam nasıl neden gibi şey gün hafta',
    replies: 'tamam|evet|hayır|Teşekkürler|günaydın|geliyorum|olur|İyi geceler',
    order: 'sipariş',
    phones: ['+90 5## ### ## ##', '0 (5##) ### ## ##', '+905#########'],
  },
  {
    code: 'el',
    share: 1,
    locale: el,
    common:
      'και το να του η της με που την από για είναι στο δεν τα θα τι σε αύριο σήμερα ευχαριστώ παραγγελία καλά πολύ εδώ μας πώς πότε σπίτι δουλειά ώρα μέρα πρωί βράδυ λόγος δρόμος τιμή διεύθυνση ναι όχι μετά πάντα',
    replies: 'ναι|όχι|Ευχαριστώ!|εντάξει|καλημέρα|έρχομαι|ωραία',
    order: 'παραγγελία',
    phones: ['+30 69########', '69########', '210 #######'],
    marks: { space: ' ', comma: ',', stop: '.', question: ';' },
  },
  {
    code: 'vi',
    share: 1,
    locale: vi,
    common:
      'là và của có không cho tôi bạn được một người này với đi anh em chị ngày mai hôm nay cảm ơn đơn hàng bao giờ ở đâu rồi nhà việc làm giờ sáng tối giá địa chỉ họp tuần sau nhé ạ rất vui gặp lại đường phở cà phê',
    replies: 'vâng|dạ|không|Cảm ơn!|ok nhé|chào buổi sáng|đang đến|được',
    order: 'đơn hàng',
    phones: ['+84 9# ### ## ##', '09########', '0## #### ####'],
  },
];
