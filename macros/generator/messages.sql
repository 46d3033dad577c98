{#- What a customer writes about the `subject` of a ticket: an opening, a problem, now and then a detail and a closing. Some
    problems hold a keyword of the seed, some are told by words that only training can know, some messages say nothing. -#}
{% macro generated_message(seed) %}
{%- set problems = {
    'checkout': [
        'The checkout page keeps spinning after I press pay', 'My cart is emptied every time I log in',
        'The coupon is not accepted although it is still valid', 'I cannot change the delivery address before paying',
        'The pay button stays grey and nothing happens', 'The last step fails with an error and I have to start again',
        'An item shows as out of stock after I added it', 'The promo code disappears on the payment step',
        'I never got an order confirmation', 'The size I picked is replaced when I go on to pay',
        'Express shipping cannot be selected for my postcode', 'The page asks me to sign in again and again while buying',
    ],
    'financial': [
        'I was charged twice for the same purchase', 'I am still waiting for my refund',
        'Please send me the invoice with our VAT number', 'My payout has not arrived at my bank',
        'The amount on my statement is higher than the price shown', 'My card was charged but the purchase was cancelled',
        'I need a receipt for last month', 'The money was taken although the subscription had ended',
        'A fee appeared on my account that nobody explained', 'The bank transfer was returned to you',
        'My subscription price went up without a warning', 'Tax was calculated for the wrong country',
    ],
    'engagement': [
        'I keep getting your newsletter although I opted out', 'My reward points are missing',
        'The referral of my friend was not counted', 'Notifications arrive in the middle of the night',
        'The loyalty level shown in the app is wrong', 'How can I join the spring campaign',
        'The birthday gift you promised never came', 'The link in your survey does not open',
        'I would like fewer emails from you', 'The badge for my tenth purchase does not show up',
        'My friend joined through my link but I got nothing', 'The invitation in the app cannot be shared',
    ],
    'others': [
        'I forgot my password and the reset mail does not come', 'The app closes when I open my profile',
        'How do I change my user name', 'Please delete my account and all of my data',
        'Do you have a shop in Vienna', 'I cannot upload a picture', 'The app is slow since the last update',
        'Are you hiring at the moment', 'I want to speak with a manager', 'The language switches back to English',
    ],
} -%}
{%- set merchant_problems = {
    'checkout': [
        'The checkout plugin for our shop fails with error 500', 'The WooCommerce plugin does not show the payment button',
        'Payment page of our store does not load in the app', 'The invoice widget on our site stays empty',
    ],
    'financial': [
        'Our settlement of last week has not arrived', 'A customer paid but the order shows as underpaid',
        'The withdrawal to our bank account is stuck as pending', 'The exchange rate of a payment looks wrong',
        'A refund to our customer failed twice', 'Our payout is lower than the sum of the payments',
    ],
    'engagement': [
        'The dashboard does not show the orders of yesterday', 'We cannot add a second user to our account',
        'The monthly report cannot be exported', 'Two factor login locks out our accountant',
    ],
    'others': [
        'Our verification documents were rejected without a reason', 'KYC of our director is pending for two weeks',
        'The webhook callbacks are not delivered', 'The API returns 401 unauthorized with a new key',
        'The sandbox API times out on every request', 'We changed our legal form and need to verify the company again',
        'The API documentation of the refund call is wrong', 'Our account level was lowered and we do not know why',
    ],
} -%}
concat_ws(
    ' ',
    {{ pick(draw(seed, 'opening'), ['Hi,', 'Hello,', 'Good morning,', 'Hey there,', 'Dear team,', 'Hello support,', 'Hi again,']) }},
    case
        when {{ draw(seed, 'vague') }} < 0.07
            then {{ pick(draw(seed, 'problem'), ['It still does not work', 'Can somebody please help me', 'Any news on this', 'Please call me back']) }}
        {%- for subject, texts in merchant_problems.items() %}
        when is_merchant_issue and subject = '{{ subject }}' then {{ pick(draw(seed, 'problem'), texts) }}
        {%- endfor %}
        {%- for subject, texts in problems.items() %}
        when subject = '{{ subject }}' then {{ pick(draw(seed, 'problem'), texts) }}
        {%- endfor %}
    end
    || {{ pick(draw(seed, 'stop'), ['.', '.', '.', '!', '...', '?']) }},
    case
        when {{ draw(seed, 'detail') }} < 0.18 then 'My order number is ' || floor(100000 + 899999 * {{ draw(seed, 'order') }})::integer || '.'
        when {{ draw(seed, 'detail') }} < 0.26 then 'It is about ' || floor(5 + 240 * {{ draw(seed, 'amount') }})::integer || ' euros.'
        when {{ draw(seed, 'detail') }} < 0.36 then {{ pick(draw(seed, 'device'), ['I use the app on Android.', 'I use an iPhone.', 'I tried two browsers.']) }}
    end,
    case
        -- Few things are really on fire.
        when {{ draw(seed, 'closing') }} < 0.03
            then {{ pick(draw(seed, 'thanks'), ['This is critical for us', 'We are down, please call', 'It is completely broken', 'URGENT!']) }}
        when {{ draw(seed, 'closing') }} < 0.35
            then {{ pick(draw(seed, 'thanks'), ['Thanks', 'Thank you!', 'Could you add an option for this as a feature request?', 'Best regards', 'What can I do?']) }}
    end
)
{% endmacro %}
