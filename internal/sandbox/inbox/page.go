package inbox

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
)

// themeCookie holds whether the page is light or dark where somebody has chosen.
const themeCookie = "qismo_inbox_theme"

// pageView is the whole page.
type pageView struct {
	View    view
	Version string
	Home    string
	Theme   string // "" for what the system has
	Notice  string // what could not be done
	Parts   []template.HTML
	Tabs    []tab
}

// tab is one of the columns, for a phone.
type tab struct {
	Name, Title string
	Current     bool
}

// page answers with the page as its address asks for it.
func (i *Inbox) page(w http.ResponseWriter, r *http.Request) {
	i.writePage(w, r, http.StatusOK, readView(r.URL.Query()), "")
}

func (i *Inbox) writePage(w http.ResponseWriter, r *http.Request, status int, v view, notice string) {
	v = i.settle(v)
	page := pageView{View: v, Version: i.version, Home: Home, Theme: theme(r), Notice: notice}
	for _, column := range []pair{{tabRooms, "Customers"}, {tabRoom, "Room"}, {tabTimeline, "Events"}} {
		page.Tabs = append(page.Tabs, tab{column.Name, column.Value, column.Name == v.Tab})
	}
	var err error
	for _, part := range partNames() {
		var content []byte
		if content, err = i.render(part, v); err != nil {
			break
		}
		page.Parts = append(page.Parts, template.HTML(content)) //nolint:gosec // written by a template of this package
	}
	var content bytes.Buffer
	if err == nil {
		err = i.parts.ExecuteTemplate(&content, "page", page)
	}
	if err != nil {
		http.Error(w, "the page cannot be written: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(content.Bytes()) // a browser that has gone is not missed
}

// settle fills in what an address left to the page: the room that is open.
func (i *Inbox) settle(v view) view {
	if v.Room == "" {
		for _, newest := range i.platform.LatestRooms(1) {
			v.Room = newest.ID
		}
	}
	return v
}

// partNames are the parts of the page, in its order.
func partNames() []string { return []string{"bar", tabRooms, tabRoom, tabTimeline} }

// render writes one part of the page.
func (i *Inbox) render(part string, v view) ([]byte, error) {
	var shown any
	switch part {
	case "bar":
		shown = i.bar(v)
	case tabRooms:
		shown = i.rooms(v)
	case tabRoom:
		shown = i.room(v)
	case tabTimeline:
		shown = i.timeline(v)
	}
	var content bytes.Buffer
	if err := i.parts.ExecuteTemplate(&content, part, shown); err != nil {
		return nil, fmt.Errorf("inbox: write the part %s: %w", part, err)
	}
	return content.Bytes(), nil
}

// theme is what somebody has chosen; "" when nobody has.
func theme(r *http.Request) string {
	cookie, err := r.Cookie(themeCookie)
	if err != nil || cookie.Value != "dark" && cookie.Value != "light" {
		return ""
	}
	return cookie.Value
}
