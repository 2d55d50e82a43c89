// Passwords of 8 or more characters from the top of published lists of leaked passwords.
const WORDS = `
password password1 password12 password123 password1234 passw0rd p@ssword p@ssw0rd p@ssword1 passwort motdepasse contraseña
12345678 123456789 1234567890 12345678910 123123123 1234512345 11112222 11223344 01234567 0123456789 87654321 987654321
9876543210 0987654321 10203040 12341234 43214321 13579246 14725836 147258369 159753456 789456123 741852963 321654987
qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc qazwsxedc
q1w2e3r4 q1w2e3r4t5 zaq12wsx zaq1zaq1 zxcvbnm1 zxcvbnm, zxcvbnm123 asdfghjk asdfghjkl asdfasdf asdf1234 qweasdzxc
qwer1234 azertyui azertyuiop abcd1234 abcdefgh abcdefghi abc12345 abc123456 a1b2c3d4 a1234567 a12345678 a123456789
aa123456 aa12345678 aaa12345 iloveyou iloveyou1 iloveyou2 letmein1 letmein123 welcome1 welcome12 welcome123 sunshine
sunshine1 princess princess1 football football1 baseball baseball1 basketball superman superman1 batman123 starwars
starwars1 dragon123 monkey123 master123 shadow123 michael1 jennifer jessica1 charlie1 computer computer1 internet
samsung1 whatever trustno1 changeme changeme1 changeme123 default1 administrator admin123 admin1234 admin12345 admin@123
administrator1 rootroot root1234 toor1234 guest123 test1234 test12345 testtest tester123 user1234 username secret123
secret12 access14 mustang1 corvette maverick midnight victoria elizabeth alexander benjamin christopher liverpool arsenal1
chelsea1 barcelona manchester pokemon1 minecraft fortnite naruto123 spiderman hello123 hello1234 hellohello helloworld
p@55w0rd pass1234 pass12345 passpass login123 loginlogin qwe123456 qwe12345 q1234567 1234qwer 12345qwert 123qweasd
123456789a 123456789q 12345678a 123456abc 123456qwerty 1a2b3c4d 11111111a 1111aaaa summer2024 summer2025 summer2026
winter2024 winter2025 winter2026 spring2025 spring2026 autumn2025 january1 december september november
`;

export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(WORDS.trim().split(/\s+/));
