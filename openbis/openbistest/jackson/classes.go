package jackson

// entityClasses are the classes in answers with their fields in the order of
// the recorded ones. The package root "as.dto." is left out.
const entityClasses = `
common.Relationship childAnnotations parentAnnotations
common.TableColumn title
common.TableDoubleCell value
common.TableLongCell value
common.TableModel columns rows
common.TableStringCell value
common.search.SearchResult objects totalCount
common.fetchoptions.Sorting field order
common.fetchoptions.SortOrder asc
dataset.ContentCopy id externalDms externalCode path gitCommitHash gitRepositoryId
dataset.DataSet fetchOptions permId code frozen frozenForChildren frozenForParents frozenForComponents frozenForContainers type kind
	dataStore measured postRegistered physicalData linkedData experiment sample properties materialProperties sampleProperties parents
	children containers components tags history propertiesHistory experimentHistory sampleHistory parentsHistory childrenHistory
	containersHistory componentsHistory contentCopiesHistory unknownHistory modificationDate modifier registrationDate registrator
	dataProducer dataProductionDate accessDate metaData
dataset.DataSetType fetchOptions permId code description mainDataSetPattern mainDataSetPath disallowDeletion modificationDate
	propertyAssignments validationPlugin metaData
dataset.LinkedData fetchOptions externalCode externalDms contentCopies
dataset.PhysicalData fetchOptions shareId location size storageFormat fileFormatType locatorType complete status presentInArchive
	storageConfirmation speedHint archivingRequested
dataset.id.ContentCopyPermId permId
dataset.id.DataSetPermId permId
datastore.DataStore fetchOptions code downloadUrl remoteUrl registrationDate modificationDate
deletion.DeletedObject id identifier entityTypeCode entityKind
service.CustomASService fetchOptions code label description
deletion.Deletion fetchOptions id reason deletedObjects deletionDate totalSamplesCount totalDataSetsCount totalExperimentsCount
deletion.id.DeletionTechId techId id
entitytype.id.EntityTypePermId permId entityKind
experiment.Experiment fetchOptions permId identifier code frozen frozenForDataSets frozenForSamples registrationDate modificationDate
	type project dataSets samples history propertiesHistory projectHistory samplesHistory dataSetsHistory unknownHistory properties
	materialProperties sampleProperties tags registrator modifier attachments metaData
experiment.ExperimentType fetchOptions permId code description modificationDate propertyAssignments validationPlugin metaData
experiment.id.ExperimentIdentifier identifier
experiment.id.ExperimentPermId permId
externaldms.ExternalDms fetchOptions permId code label urlTemplate address openbis addressType
externaldms.id.ExternalDmsPermId permId
global.GlobalSearchObject fetchOptions objectKind objectPermId objectIdentifier match score experiment sample dataSet material
operation.SynchronousOperationExecutionResults results
pat.PersonalAccessToken fetchOptions permId hash sessionName validFromDate validToDate owner registrator modifier registrationDate
	modificationDate accessDate
pat.id.PersonalAccessTokenPermId permId
person.Person fetchOptions permId userId firstName lastName email registrationDate active space registrator roleAssignments webAppSettings
person.id.PersonPermId permId
project.Project fetchOptions permId identifier code description frozen frozenForExperiments frozenForSamples registrationDate
	modificationDate experiments samples history spaceHistory experimentsHistory samplesHistory unknownHistory space registrator modifier
	leader attachments
project.id.ProjectIdentifier identifier
project.id.ProjectPermId permId
property.PropertyAssignment fetchOptions permId section ordinal entityType propertyType mandatory showInEditView showRawValueInForms
	semanticAnnotations semanticAnnotationsInherited registrator registrationDate plugin
property.PropertyType fetchOptions code permId label description managedInternally dataType vocabulary materialType sampleType schema
	transformation semanticAnnotations registrator registrationDate metaData
property.id.PropertyAssignmentPermId entityTypeId propertyTypeId
property.id.PropertyTypePermId permId
rights.Rights rights
roleassignment.RoleAssignment fetchOptions id user authorizationGroup role roleLevel space project registrationDate registrator
roleassignment.id.RoleAssignmentTechId techId id
sample.Sample fetchOptions permId identifier code frozen frozenForComponents frozenForChildren frozenForParents frozenForDataSets
	registrationDate modificationDate type project space experiment properties materialProperties sampleProperties parents
	parentsRelationships children childrenRelationships container components dataSets history propertiesHistory spaceHistory projectHistory
	experimentHistory parentsHistory childrenHistory containerHistory componentsHistory dataSetsHistory unknownHistory tags registrator
	modifier attachments metaData
sample.SampleType fetchOptions permId code description listable subcodeUnique autoGeneratedCode showContainer showParents
	showParentMetadata generatedCodePrefix modificationDate propertyAssignments semanticAnnotations validationPlugin metaData
sample.id.SampleIdentifier identifier
sample.id.SamplePermId permId
session.SessionInformation fetchOptions sessionToken userName homeGroupCode personalAccessTokenSession personalAccessTokenSessionName
	person creatorPerson
space.Space fetchOptions id permId code description frozen frozenForProjects frozenForSamples registrationDate modificationDate
	registrator samples projects
space.id.SpacePermId permId
space.id.SpaceTechId techId id
tag.Tag fetchOptions permId code description private experiments samples dataSets materials owner registrationDate
tag.id.TagPermId permId
vocabulary.Vocabulary fetchOptions permId code description managedInternally registrationDate registrator modificationDate
	chosenFromList urlTemplate terms
vocabulary.VocabularyTerm fetchOptions permId code description label ordinal official vocabulary registrationDate registrator
	modificationDate
vocabulary.id.VocabularyPermId permId
vocabulary.id.VocabularyTermPermId code vocabularyCode
webapp.WebAppSetting name value
webapp.WebAppSettings fetchOptions webAppId settings
dss.dto.datasetfile.DataSetFile permId dataSetPermId dataStore path directory fileLength checksumCRC32 checksum checksumType
dss.dto.datasetfile.fastdownload.FastDownloadSession downloadUrl fileTransferUserSessionId files options
dss.dto.datasetfile.fastdownload.FastDownloadSessionOptions wishedNumberOfStreams
dss.dto.datasetfile.id.DataSetFilePermId dataSetId filePath
space.search.SearchSpacesOperationResult searchResult message
project.search.SearchProjectsOperationResult searchResult message
experiment.search.SearchExperimentsOperationResult searchResult message
sample.search.SearchSamplesOperationResult searchResult message
dataset.search.SearchDataSetsOperationResult searchResult message
global.search.SearchGloballyOperationResult searchResult message
sample.search.SearchSampleTypesOperationResult searchResult message
experiment.search.SearchExperimentTypesOperationResult searchResult message
dataset.search.SearchDataSetTypesOperationResult searchResult message
space.get.GetSpacesOperationResult objectMap message
project.get.GetProjectsOperationResult objectMap message
experiment.get.GetExperimentsOperationResult objectMap message
sample.get.GetSamplesOperationResult objectMap message
dataset.get.GetDataSetsOperationResult objectMap message
person.get.GetPersonsOperationResult objectMap message
space.create.CreateSpacesOperationResult objectIds message
project.create.CreateProjectsOperationResult objectIds message
experiment.create.CreateExperimentsOperationResult objectIds message
sample.create.CreateSamplesOperationResult objectIds message
person.update.UpdatePersonsOperationResult objectIds message
service.execute.ExecuteCustomASServiceOperationResult result message
`

// fetchClasses are the fetch options, in answers and in requests. A field
// with ":pkg.Name" holds the fetch options of as.dto.pkg.Name.
const fetchClasses = `
space.fetchoptions.SpaceFetchOptions count from cacheMode registrator:person.Person samples:sample.Sample projects:project.Project sort
	sortBy
project.fetchoptions.ProjectFetchOptions count from cacheMode experiments:experiment.Experiment samples:sample.Sample
	history:history.HistoryEntry spaceHistory:history.HistoryEntry experimentsHistory:history.HistoryEntry
	samplesHistory:history.HistoryEntry unknownHistory:history.HistoryEntry space:space.Space registrator:person.Person
	modifier:person.Person leader:person.Person attachments:attachment.Attachment sort sortBy
experiment.fetchoptions.ExperimentFetchOptions count from cacheMode type:experiment.ExperimentType project:project.Project
	dataSets:dataset.DataSet samples:sample.Sample history:history.HistoryEntry propertiesHistory:history.HistoryEntry
	projectHistory:history.HistoryEntry samplesHistory:history.HistoryEntry dataSetsHistory:history.HistoryEntry
	unknownHistory:history.HistoryEntry properties:property.Property materialProperties:material.Material sampleProperties:sample.Sample
	tags:tag.Tag registrator:person.Person modifier:person.Person attachments:attachment.Attachment sort sortBy
experiment.fetchoptions.ExperimentTypeFetchOptions count from cacheMode propertyAssignments:property.PropertyAssignment
	validationPlugin:plugin.Plugin sort sortBy
sample.fetchoptions.SampleFetchOptions count from cacheMode type:sample.SampleType project:project.Project space:space.Space
	experiment:experiment.Experiment properties:property.Property materialProperties:material.Material sampleProperties:sample.Sample
	parents:sample.Sample children:sample.Sample container:sample.Sample components:sample.Sample dataSets:dataset.DataSet
	history:history.HistoryEntry propertiesHistory:history.HistoryEntry spaceHistory:history.HistoryEntry
	projectHistory:history.HistoryEntry experimentHistory:history.HistoryEntry parentsHistory:history.HistoryEntry
	childrenHistory:history.HistoryEntry containerHistory:history.HistoryEntry componentsHistory:history.HistoryEntry
	dataSetsHistory:history.HistoryEntry unknownHistory:history.HistoryEntry tags:tag.Tag registrator:person.Person modifier:person.Person
	attachments:attachment.Attachment sort sortBy
sample.fetchoptions.SampleTypeFetchOptions count from cacheMode propertyAssignments:property.PropertyAssignment
	semanticAnnotations:semanticannotation.SemanticAnnotation validationPlugin:plugin.Plugin sort sortBy
dataset.fetchoptions.DataSetFetchOptions count from cacheMode type:dataset.DataSetType dataStore:datastore.DataStore
	physicalData:dataset.PhysicalData linkedData:dataset.LinkedData experiment:experiment.Experiment sample:sample.Sample
	properties:property.Property materialProperties:material.Material sampleProperties:sample.Sample parents:dataset.DataSet
	children:dataset.DataSet containers:dataset.DataSet components:dataset.DataSet tags:tag.Tag history:history.HistoryEntry
	propertiesHistory:history.HistoryEntry experimentHistory:history.HistoryEntry sampleHistory:history.HistoryEntry
	parentsHistory:history.HistoryEntry childrenHistory:history.HistoryEntry containersHistory:history.HistoryEntry
	componentsHistory:history.HistoryEntry contentCopiesHistory:history.HistoryEntry unknownHistory:history.HistoryEntry
	modifier:person.Person registrator:person.Person sort sortBy
dataset.fetchoptions.DataSetTypeFetchOptions count from cacheMode propertyAssignments:property.PropertyAssignment
	validationPlugin:plugin.Plugin sort sortBy
dataset.fetchoptions.PhysicalDataFetchOptions count from cacheMode storageFormat:vocabulary.VocabularyTerm
	fileFormatType:dataset.FileFormatType locatorType:dataset.LocatorType sort sortBy
dataset.fetchoptions.LinkedDataFetchOptions count from cacheMode externalDms:externaldms.ExternalDms sort sortBy
dataset.fetchoptions.FileFormatTypeFetchOptions count from cacheMode sort sortBy
dataset.fetchoptions.LocatorTypeFetchOptions count from cacheMode sort sortBy
datastore.fetchoptions.DataStoreFetchOptions count from cacheMode sort sortBy
externaldms.fetchoptions.ExternalDmsFetchOptions count from cacheMode sort sortBy
service.fetchoptions.CustomASServiceFetchOptions count from cacheMode sort sortBy
deletion.fetchoptions.DeletedObjectFetchOptions count from cacheMode sortBy
deletion.fetchoptions.DeletionFetchOptions count from cacheMode deletedObjects:deletion.DeletedObject sort sortBy
global.fetchoptions.GlobalSearchObjectFetchOptions count from cacheMode experiment:experiment.Experiment sample:sample.Sample
	dataSet:dataset.DataSet material:material.Material sort match:global.MatchField sortBy
global.fetchoptions.MatchFieldFetchOptions count from cacheMode sort sortBy
material.fetchoptions.MaterialFetchOptions count from cacheMode sort sortBy
material.fetchoptions.MaterialTypeFetchOptions count from cacheMode sort sortBy
pat.fetchoptions.PersonalAccessTokenFetchOptions count from cacheMode owner:person.Person registrator:person.Person
	modifier:person.Person sort sortBy
person.fetchoptions.PersonFetchOptions count from cacheMode space:space.Space registrator:person.Person
	roleAssignments:roleassignment.RoleAssignment webAppSettings:{}webapp.WebAppSettings allWebAppSettings sort
property.fetchoptions.PropertyAssignmentFetchOptions count from cacheMode entityType:entitytype.EntityType
	propertyType:property.PropertyType semanticAnnotations:semanticannotation.SemanticAnnotation registrator:person.Person sort
	plugin:plugin.Plugin sortBy
entitytype.fetchoptions.EntityTypeFetchOptions count from cacheMode sort sortBy
property.fetchoptions.PropertyFetchOptions count from cacheMode sortBy
property.fetchoptions.PropertyTypeFetchOptions count from cacheMode vocabulary:vocabulary.Vocabulary materialType:material.MaterialType
	sampleType:sample.SampleType semanticAnnotations:semanticannotation.SemanticAnnotation registrator:person.Person sort sortBy
plugin.fetchoptions.PluginFetchOptions count from cacheMode script registrator:person.Person sort sortBy
semanticannotation.fetchoptions.SemanticAnnotationFetchOptions count from cacheMode entityType:entitytype.EntityType
	propertyType:property.PropertyType propertyAssignment:property.PropertyAssignment sort sortBy
history.fetchoptions.HistoryEntryFetchOptions count from cacheMode author:person.Person sort sortBy
attachment.fetchoptions.AttachmentFetchOptions count from cacheMode registrator:person.Person previousVersion:attachment.Attachment
	content sort sortBy
roleassignment.fetchoptions.RoleAssignmentFetchOptions count from cacheMode registrator:person.Person user:person.Person
	authorizationGroup:authorizationgroup.AuthorizationGroup space:space.Space project:project.Project sort sortBy
authorizationgroup.fetchoptions.AuthorizationGroupFetchOptions count from cacheMode registrator:person.Person users:person.Person
	roleAssignments:roleassignment.RoleAssignment sort sortBy
session.fetchoptions.SessionInformationFetchOptions count from cacheMode person:person.Person creatorPerson:person.Person sort sortBy
tag.fetchoptions.TagFetchOptions count from cacheMode experiments:experiment.Experiment samples:sample.Sample dataSets:dataset.DataSet
	materials:material.Material owner:person.Person sort sortBy
vocabulary.fetchoptions.VocabularyFetchOptions count from cacheMode registrator:person.Person terms:vocabulary.VocabularyTerm sort sortBy
vocabulary.fetchoptions.VocabularyTermFetchOptions count from cacheMode vocabulary:vocabulary.Vocabulary registrator:person.Person sort
	sortBy
webapp.fetchoptions.WebAppSettingsFetchOptions count from cacheMode settings allSettings sort
rights.fetchoptions.RightsFetchOptions count from cacheMode sort sortBy
dss.dto.datasetfile.fetchoptions.DataSetFileFetchOptions count from cacheMode sort sortBy
`

// requestClasses are the classes of requests other than fetch options. Fields
// that hold plain JSON are not named: they are taken as they come. "[]" is a
// list, "{}" a map, "@" an interface of interfaceTable.
const requestClasses = `
common.fetchoptions.Sorting order:common.fetchoptions.SortOrder
common.fetchoptions.SortOrder
common.search.CodeSearchCriteria fieldValue:@value
common.search.CodesSearchCriteria
common.search.PermIdSearchCriteria fieldValue:@value
common.search.IdentifierSearchCriteria fieldValue:@value
common.search.IdSearchCriteria id:@id
common.search.IdsSearchCriteria
common.search.StringPropertySearchCriteria fieldValue:@value
common.search.StrictlyStringPropertySearchCriteria fieldValue:@value
common.search.NumberPropertySearchCriteria fieldValue:@value
common.search.DatePropertySearchCriteria fieldValue:@value
common.search.BooleanPropertySearchCriteria fieldValue:@value
common.search.ControlledVocabularyPropertySearchCriteria fieldValue:@value
common.search.SamplePropertySearchCriteria fieldValue:@value
common.search.AnyPropertySearchCriteria fieldValue:@value
common.search.AnyStringPropertySearchCriteria fieldValue:@value
common.search.AnyFieldSearchCriteria fieldValue:@value
common.search.TextAttributeSearchCriteria fieldValue:@value
common.search.DescriptionSearchCriteria fieldValue:@value
common.search.RegistrationDateSearchCriteria fieldValue:@value
common.search.ModificationDateSearchCriteria fieldValue:@value
common.search.StringEqualToValue
common.search.StringStartsWithValue
common.search.StringEndsWithValue
common.search.StringContainsValue
common.search.StringContainsExactlyValue
common.search.StringMatchesValue
common.search.StringLessThanValue
common.search.StringLessThanOrEqualToValue
common.search.StringGreaterThanValue
common.search.StringGreaterThanOrEqualToValue
common.search.AnyStringValue
common.search.BooleanValue
common.search.NumberEqualToValue
common.search.NumberLessThanValue
common.search.NumberLessThanOrEqualToValue
common.search.NumberGreaterThanValue
common.search.NumberGreaterThanOrEqualToValue
common.search.DateEqualToValue
common.search.DateEarlierThanOrEqualToValue
common.search.DateLaterThanOrEqualToValue
space.search.SpaceSearchCriteria criteria:[]@criteria
space.search.NoSpaceSearchCriteria
project.search.ProjectSearchCriteria criteria:[]@criteria
project.search.NoProjectSearchCriteria
experiment.search.ExperimentSearchCriteria criteria:[]@criteria
experiment.search.ExperimentTypeSearchCriteria criteria:[]@criteria
experiment.search.NoExperimentSearchCriteria
sample.search.SampleSearchCriteria criteria:[]@criteria
sample.search.SampleTypeSearchCriteria criteria:[]@criteria
sample.search.SampleParentsSearchCriteria criteria:[]@criteria
sample.search.SampleChildrenSearchCriteria criteria:[]@criteria
sample.search.SampleContainerSearchCriteria criteria:[]@criteria
sample.search.NoSampleSearchCriteria
sample.search.NoSampleContainerSearchCriteria
dataset.search.DataSetSearchCriteria criteria:[]@criteria
dataset.search.DataSetTypeSearchCriteria criteria:[]@criteria
dataset.search.PhysicalDataSearchCriteria criteria:[]@criteria
dataset.search.LinkedDataSearchCriteria criteria:[]@criteria
dataset.search.DataSetParentsSearchCriteria criteria:[]@criteria
dataset.search.DataSetChildrenSearchCriteria criteria:[]@criteria
dataset.search.DataSetContainerSearchCriteria criteria:[]@criteria
entitytype.search.EntityTypeSearchCriteria criteria:[]@criteria
tag.search.TagSearchCriteria criteria:[]@criteria
person.search.PersonSearchCriteria criteria:[]@criteria
person.search.RegistratorSearchCriteria criteria:[]@criteria
person.search.ModifierSearchCriteria criteria:[]@criteria
person.search.UserIdSearchCriteria fieldValue:@value
property.search.PropertyTypeSearchCriteria criteria:[]@criteria
property.search.PropertyAssignmentSearchCriteria criteria:[]@criteria
vocabulary.search.VocabularySearchCriteria criteria:[]@criteria
vocabulary.search.VocabularyTermSearchCriteria criteria:[]@criteria
roleassignment.search.RoleAssignmentSearchCriteria criteria:[]@criteria
authorizationgroup.search.AuthorizationGroupSearchCriteria criteria:[]@criteria
plugin.search.PluginSearchCriteria criteria:[]@criteria
datastore.search.DataStoreSearchCriteria criteria:[]@criteria
externaldms.search.ExternalDmsSearchCriteria criteria:[]@criteria
pat.search.PersonalAccessTokenSearchCriteria criteria:[]@criteria
pat.search.PersonalAccessTokenSessionNameSearchCriteria fieldValue:@value
pat.search.PersonalAccessTokenOwnerSearchCriteria criteria:[]@criteria
deletion.search.DeletionSearchCriteria criteria:[]@criteria
service.search.CustomASServiceSearchCriteria criteria:[]@criteria
semanticannotation.search.SemanticAnnotationSearchCriteria criteria:[]@criteria
global.search.GlobalSearchCriteria criteria:[]@criteria
global.search.GlobalSearchTextCriteria fieldValue:@value
global.search.GlobalSearchObjectKindCriteria
global.search.GlobalSearchWildCardsCriteria
dss.dto.datasetfile.search.DataSetFileSearchCriteria criteria:[]@criteria
space.id.SpacePermId
project.id.ProjectPermId
project.id.ProjectIdentifier
experiment.id.ExperimentPermId
experiment.id.ExperimentIdentifier
sample.id.SamplePermId
sample.id.SampleIdentifier
dataset.id.DataSetPermId
person.id.PersonPermId
person.id.Me
datastore.id.DataStorePermId
entitytype.id.EntityTypePermId
property.id.PropertyTypePermId
vocabulary.id.VocabularyPermId
vocabulary.id.VocabularyTermPermId
tag.id.TagPermId
tag.id.TagCode
plugin.id.PluginPermId
pat.id.PersonalAccessTokenPermId
externaldms.id.ExternalDmsPermId
deletion.id.DeletionTechId
roleassignment.id.RoleAssignmentTechId
authorizationgroup.id.AuthorizationGroupPermId
common.id.CreationId
service.id.CustomASServiceCode
service.id.DssServicePermId dataStoreId:@dataStoreId
service.CustomASServiceExecutionOptions
service.execute.AggregationServiceExecutionOptions
operation.SynchronousOperationExecutionOptions
operation.AsynchronousOperationExecutionOptions
dataset.unarchive.DataSetUnarchiveOptions
dataset.archive.DataSetArchiveOptions
dataset.delete.DataSetDeletionOptions
sample.delete.SampleDeletionOptions
space.delete.SpaceDeletionOptions
space.create.SpaceCreation
project.create.ProjectCreation spaceId:@spaceId leaderId:@personId
experiment.create.ExperimentCreation typeId:@entityTypeId projectId:@projectId tagIds:[]@tagId
sample.create.SampleCreation typeId:@entityTypeId spaceId:@spaceId projectId:@projectId experimentId:@experimentId containerId:@sampleId
	parentIds:[]@sampleId childIds:[]@sampleId componentIds:[]@sampleId tagIds:[]@tagId
dss.dto.dataset.create.UploadedDataSetCreation typeId:@entityTypeId sampleId:@sampleId experimentId:@experimentId parentIds:[]@dataSetId
sample.update.SampleUpdate sampleId:@sampleId
pat.create.PersonalAccessTokenCreation ownerId:@personId
person.update.PersonUpdate userId:@personId webAppSettings:{}webapp.update.WebAppSettingsUpdateValue
webapp.update.WebAppSettingsUpdateValue actions:[]@listAction
webapp.create.WebAppSettingCreation
common.update.ListUpdateActionAdd items:[]@listItem
common.update.ListUpdateActionRemove
common.update.ListUpdateActionSet items:[]@listItem
dss.dto.datasetfile.id.DataSetFilePermId dataSetId:@dataSetId
dss.dto.datasetfile.fastdownload.FastDownloadSessionOptions
space.search.SearchSpacesOperation criteria:space.search.SpaceSearchCriteria fetchOptions:space.fetchoptions.SpaceFetchOptions
project.search.SearchProjectsOperation criteria:project.search.ProjectSearchCriteria fetchOptions:project.fetchoptions.ProjectFetchOptions
experiment.search.SearchExperimentsOperation criteria:experiment.search.ExperimentSearchCriteria
	fetchOptions:experiment.fetchoptions.ExperimentFetchOptions
sample.search.SearchSamplesOperation criteria:sample.search.SampleSearchCriteria fetchOptions:sample.fetchoptions.SampleFetchOptions
dataset.search.SearchDataSetsOperation criteria:dataset.search.DataSetSearchCriteria fetchOptions:dataset.fetchoptions.DataSetFetchOptions
global.search.SearchGloballyOperation criteria:global.search.GlobalSearchCriteria
	fetchOptions:global.fetchoptions.GlobalSearchObjectFetchOptions
sample.search.SearchSampleTypesOperation criteria:sample.search.SampleTypeSearchCriteria
	fetchOptions:sample.fetchoptions.SampleTypeFetchOptions
experiment.search.SearchExperimentTypesOperation criteria:experiment.search.ExperimentTypeSearchCriteria
	fetchOptions:experiment.fetchoptions.ExperimentTypeFetchOptions
dataset.search.SearchDataSetTypesOperation criteria:dataset.search.DataSetTypeSearchCriteria
	fetchOptions:dataset.fetchoptions.DataSetTypeFetchOptions
space.get.GetSpacesOperation objectIds:[]@spaceId fetchOptions:space.fetchoptions.SpaceFetchOptions
project.get.GetProjectsOperation objectIds:[]@projectId fetchOptions:project.fetchoptions.ProjectFetchOptions
experiment.get.GetExperimentsOperation objectIds:[]@experimentId fetchOptions:experiment.fetchoptions.ExperimentFetchOptions
sample.get.GetSamplesOperation objectIds:[]@sampleId fetchOptions:sample.fetchoptions.SampleFetchOptions
dataset.get.GetDataSetsOperation objectIds:[]@dataSetId fetchOptions:dataset.fetchoptions.DataSetFetchOptions
person.get.GetPersonsOperation objectIds:[]@personId fetchOptions:person.fetchoptions.PersonFetchOptions
space.create.CreateSpacesOperation creations:[]space.create.SpaceCreation
project.create.CreateProjectsOperation creations:[]project.create.ProjectCreation
experiment.create.CreateExperimentsOperation creations:[]experiment.create.ExperimentCreation
sample.create.CreateSamplesOperation creations:[]sample.create.SampleCreation
person.update.UpdatePersonsOperation updates:[]person.update.PersonUpdate
service.execute.ExecuteCustomASServiceOperation serviceId:@customServiceId options:service.CustomASServiceExecutionOptions
`

// interfaceTable says which classes may stand where the API has an interface.
const interfaceTable = `
criteria common.search.ISearchCriteria *SearchCriteria global.search.GlobalSearchTextCriteria
	global.search.GlobalSearchObjectKindCriteria global.search.GlobalSearchWildCardsCriteria
value common.search.AbstractValue common.search.*Value
id common.id.IObjectId *PermId *Identifier *TechId person.id.Me tag.id.TagCode service.id.CustomASServiceCode common.id.CreationId
spaceId space.id.ISpaceId space.id.SpacePermId common.id.CreationId
projectId project.id.IProjectId project.id.ProjectPermId project.id.ProjectIdentifier common.id.CreationId
experimentId experiment.id.IExperimentId experiment.id.ExperimentPermId experiment.id.ExperimentIdentifier common.id.CreationId
sampleId sample.id.ISampleId sample.id.SamplePermId sample.id.SampleIdentifier common.id.CreationId
dataSetId dataset.id.IDataSetId dataset.id.DataSetPermId common.id.CreationId
personId person.id.IPersonId person.id.PersonPermId person.id.Me
entityTypeId entitytype.id.IEntityTypeId entitytype.id.EntityTypePermId
propertyTypeId property.id.IPropertyTypeId property.id.PropertyTypePermId
vocabularyId vocabulary.id.IVocabularyId vocabulary.id.VocabularyPermId
vocabularyTermId vocabulary.id.IVocabularyTermId vocabulary.id.VocabularyTermPermId
tagId tag.id.ITagId tag.id.TagPermId tag.id.TagCode
patId pat.id.IPersonalAccessTokenId pat.id.PersonalAccessTokenPermId
dataStoreId datastore.id.IDataStoreId datastore.id.DataStorePermId
customServiceId service.id.ICustomASServiceId service.id.CustomASServiceCode
dssServiceId service.id.IDssServiceId service.id.DssServicePermId
dataSetFileId datasetfile.id.IDataSetFileId dss.dto.datasetfile.id.DataSetFilePermId
pluginId plugin.id.IPluginId plugin.id.PluginPermId
listAction common.update.ListUpdateAction common.update.ListUpdateActionAdd common.update.ListUpdateActionRemove
	common.update.ListUpdateActionSet
listItem common.update.ListItem webapp.create.WebAppSettingCreation
operation operation.IOperation *Operation
executionOptions operation.IOperationExecutionOptions operation.SynchronousOperationExecutionOptions
	operation.AsynchronousOperationExecutionOptions
`
