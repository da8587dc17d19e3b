package report

// places gives the place on the map of every country that has one, by the name that
// the source calls it.
func (q *questions) places() *answer {
	return q.run("countries", `
SELECT c1 AS name, c2 AS code, c3 AS longitude, c4 AS latitude FROM values(('United States','US',-97.,38.),('Estonia','EE',26.,59.),('Germany','DE',9.,51.),('India','IN',77.,20.),
('Russian Federation','RU',100.,60.),('Brazil','BR',-55.,-10.),('United Kingdom','GB',-2.,54.),('Korea, Republic of','KR',127.5,37.),('France','FR',2.,46.),('China','CN',105.,35.),('Netherlands','NL',5.75,52.5),('Türkiye','TR',35.,39.),('Viet Nam','VN',106.,16.),('Japan','JP',138.,36.),('Mexico','MX',-102.,23.),('Poland','PL',20.,52.),('Iran, Islamic Republic of','IR',53.,32.),('Ukraine','UA',32.,49.),('Nigeria','NG',8.,10.),('Taiwan, Province of China','TW',121.,23.5),('Moldova, Republic of','MD',29.,47.),('Czechia','CZ',15.5,49.75),('Tanzania, United Republic of','TZ',35.,-6.),('Réunion','RE',55.6,-21.1),('Åland Islands','AX',20.,60.1),('Curaçao','CW',-69.,12.2),('Iceland','IS',-18.,65.))`, nil)
}
