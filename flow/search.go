package flow

// SearchLimit is how many answers of a search are asked for.
const SearchLimit = 200
