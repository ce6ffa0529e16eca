package billing

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/vault"
)

// What a clinic begins with, by its country: how money is counted there, the rates of tax with the law they stand in,
// and a price list of the usual acts in minor units of a pound, which each clinic makes its own. Data, not code: a
// reviewer of a country reads one line.
var (
	//go:embed data/countries.csv
	countriesFile []byte
	//go:embed data/taxes.csv
	taxesFile []byte
	//go:embed data/prices.csv
	pricesFile []byte
)

// start is what clinics begin with.
type start struct {
	countries map[string]country
	rates     map[string][]startRate // by country, oldest first for each class
	prices    []startPrice
}

type country struct {
	Settings
	services string // the class of what is done, where it is not that of what is sold
	percent  int64  // of the price list
}

type startRate struct {
	class string
	rate  money.Rate
	from  time.Time
}

type startPrice struct {
	code, name, unit, context string
	price                     money.Amount
	service                   bool
}

// elsewhere is for a country that is not in the list: nothing is taxed until the clinic says how.
var elsewhere = country{Settings: Settings{Currency: "USD", TaxBy: ByDocument, CashStep: 1}, services: standard, percent: 135}

const standard = "standard"

// classNames are the classes a clinic may begin with, in the order of their keys.
var classNames = []struct{ key, name string }{
	{"exempt", "Exempt"}, {"reduced", "Reduced rate"}, {standard, "Standard rate"}, {"zero", "Zero rate"},
}

// untaxed is the day from which on a class without a rate of its own has none: before anything here was charged.
var untaxed = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)

var readStart = sync.OnceValues(func() (start, error) {
	s := start{countries: map[string]country{}, rates: map[string][]startRate{}}
	err := eachLine(countriesFile, func(f []string) (err error) {
		c := country{services: f[6]}
		c.Currency, c.TaxBy = money.Currency(f[1]), f[3]
		if c.TaxIncluded, err = strconv.ParseBool(f[2]); err != nil {
			return err
		}
		if c.CashStep, err = strconv.ParseInt(f[4], 10, 64); err != nil {
			return err
		}
		if c.DueDays, err = strconv.Atoi(f[5]); err != nil {
			return err
		}
		c.percent, err = strconv.ParseInt(f[7], 10, 64)
		s.countries[f[0]] = c
		return err
	})
	if err != nil {
		return s, err
	}
	err = eachLine(taxesFile, func(f []string) error {
		rate, err := money.ParseRate(f[2])
		if err != nil {
			return err
		}
		from, err := time.Parse(time.DateOnly, f[3])
		s.rates[f[0]] = append(s.rates[f[0]], startRate{f[1], rate, from})
		return err
	})
	if err != nil {
		return s, err
	}
	return s, eachLine(pricesFile, func(f []string) error {
		price, err := strconv.ParseInt(f[3], 10, 64)
		s.prices = append(s.prices, startPrice{code: f[0], name: f[1], unit: f[2], price: money.Amount(price), service: f[4] == "service", context: f[5]})
		return err
	})
})

func eachLine(file []byte, do func(fields []string) error) error {
	lines, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		return fmt.Errorf("reading what clinics begin with: %w", err)
	}
	for _, f := range lines[1:] {
		if err := do(f); err != nil {
			return fmt.Errorf("reading what clinics begin with, %s: %w", strings.Join(f, ","), err)
		}
	}
	return nil
}

// Seed gives a clinic the currency, taxes, number series and price list of its country (ISO 3166-1 alpha-2). A clinic
// that has its money set up keeps what it has.
func Seed(ctx context.Context, tx *db.Tx, keys *vault.Clinic, code string) error {
	s, err := readStart()
	if err != nil {
		return err
	}
	c, ok := s.countries[code]
	if !ok {
		c = elsewhere
	}
	n, err := tx.InsertMoneySettings(ctx, db.InsertMoneySettingsParams{
		TenantID: tx.Tenant, Currency: string(c.Currency), TaxIncluded: c.TaxIncluded, TaxBy: c.TaxBy, CashStep: c.CashStep, DueDays: int32(c.DueDays),
	})
	if err != nil {
		return fmt.Errorf("setting up the money of a clinic: %w", err)
	}
	if n == 0 {
		return nil
	}
	classes, taxes := s.taxes(tx, code)
	jobs := append(taxes, s.priceList(tx, c, classes))
	for _, series := range []db.InsertInvoiceSeriesParams{{Prefix: "INV-", Kind: kindInvoice}, {Prefix: "CN-", Kind: kindCreditNote}} {
		series.TenantID, series.ID = tx.Tenant, id.New()
		jobs = append(jobs, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.InsertInvoiceSeries(ctx, series)
			return err
		})
	}
	if err := db.Together(ctx, tx, jobs...); err != nil {
		return fmt.Errorf("setting up taxes and prices of a clinic: %w", err)
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Created, Object: "money-settings", ObjectID: tx.Tenant.ID(), Group: group, After: c.Settings,
	})
}

// taxes gives the classes of a country, and the statements that write them with their rates.
func (s start) taxes(tx *db.Tx, code string) (map[string]id.ID, []func(context.Context, *db.Tx) error) {
	rates := s.rates[code]
	if rates == nil {
		rates = []startRate{{standard, 0, untaxed}}
	}
	rates = append(rates[:len(rates):len(rates)], startRate{"exempt", 0, untaxed}, startRate{"zero", 0, untaxed})
	ids := map[string]id.ID{}
	classes := db.InsertTaxClassesParams{TenantID: tx.Tenant}
	dated := db.InsertTaxRatesParams{TenantID: tx.Tenant}
	for _, c := range classNames {
		for _, r := range rates {
			if r.class != c.key {
				continue
			}
			if ids[c.key].IsZero() {
				ids[c.key] = id.New()
				classes.Ids, classes.Keys, classes.Names = append(classes.Ids, ids[c.key]), append(classes.Keys, c.key), append(classes.Names, c.name)
			}
			dated.Ids, dated.Classes = append(dated.Ids, id.New()), append(dated.Classes, ids[c.key])
			dated.Millionths, dated.Days = append(dated.Millionths, int64(r.rate)), append(dated.Days, r.from)
		}
	}
	return ids, []func(context.Context, *db.Tx) error{
		func(ctx context.Context, tx *db.Tx) error { return tx.InsertTaxClasses(ctx, classes) },
		func(ctx context.Context, tx *db.Tx) error { return tx.InsertTaxRates(ctx, dated) },
	}
}

func (s start) priceList(tx *db.Tx, c country, classes map[string]id.ID) func(context.Context, *db.Tx) error {
	list := db.InsertPriceItemsParams{TenantID: tx.Tenant}
	for _, p := range s.prices {
		class := classes[standard]
		if p.service {
			class = classes[c.services]
		}
		list.Ids, list.Codes, list.Names, list.Units = append(list.Ids, id.New()), append(list.Codes, p.code), append(list.Names, p.name), append(list.Units, p.unit)
		list.Prices = append(list.Prices, int64(p.price.Share(c.percent, 100).ToStep(5)))
		list.Classes, list.Contexts = append(list.Classes, class), append(list.Contexts, p.context)
	}
	return func(ctx context.Context, tx *db.Tx) error { return tx.InsertPriceItems(ctx, list) }
}
