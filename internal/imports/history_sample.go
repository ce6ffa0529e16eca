package imports

// Sample is a short file of history that shows every column and kind. Its animals are nobody's.
const Sample = "kind,patient number,microchip,name,date,time,who,reason,subjective,objective,assessment,plan,text,weight,unit,vaccine,manufacturer,batch,expiry,next due\n" +
	"visit,A-1001,,Juniper,2021-06-14,14:30,Dr A. Example,Yearly check and booster,,,,,,,,,,,,\n" +
	"note,A-1001,,Juniper,2021-06-14,14:45,Dr A. Example,,Shakes the head for a week,Left ear red,Otitis externa,Drops twice daily for ten days,,,,,,,,\n" +
	"note,,985112003456789,,2021-07-03,,Dr A. Example,,,,,,Recheck: the ear is clean.,,,,,,,\n" +
	"weight,A-1001,,Juniper,2021-06-14,,,,,,,,,24.6,kg,,,,,\n" +
	"vaccination,A-1001,,Juniper,2021-06-14,,Dr A. Example,,,,,,,,,Example DHPPi,Example Pharma,A12B,2022-03-31,2022-06-14\n"
